// Attacks on the way in: too many, too slow, broken off at every stage, or no handshakes at all.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { RawClient, type RawClientOptions, upgradeRequest } from '../support/raw-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const MAX_CONNECTIONS = 40;
const MAX_PER_CLIENT = 2;
const MAX_PER_ADDRESS = 3;
const AUTH_FAILURES = 3;

/** Lines of the servers' logs that tell of an error. */
const errors: string[] = [];

function noteErrors(line: string): void {
  if (/"level":(50|60)/.test(line) || !line.startsWith('{')) errors.push(line);
}

const LIMITS = {
  MAX_CONNECTIONS: String(MAX_CONNECTIONS),
  MAX_CONNECTIONS_PER_CLIENT: String(MAX_PER_CLIENT),
  MAX_CONNECTIONS_PER_IP: String(MAX_PER_ADDRESS),
  AUTH_FAILURES_PER_MINUTE: String(AUTH_FAILURES),
};

/** Behind a proxy, which is this machine: each `X-Forwarded-For` is another peer. */
const server = new ServerProcess({ ...LIMITS, TRUST_PROXY: 'loopback', HANDSHAKE_TIMEOUT_SECONDS: '1' }, { onLine: noteErrors });
/** Open to the world: `X-Forwarded-For` is what anybody writes. It waits for slow heads as long as it does by default. */
const bare = new ServerProcess({ ...LIMITS, CONNECTION_LIMIT_POLICY: 'close-oldest' }, { onLine: noteErrors });

let clients: RawClient[] = [];
let addresses = 0;
let names = 0;

beforeAll(async () => {
  await Promise.all([server.start(), bare.start()]);
});

afterAll(() => Promise.all([server.destroy(), bare.destroy()]));

/** Whatever a test did: the process lives, is healthy, complains of nothing, and nothing is left. */
afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  clients = [];
  for (const each of [server, bare]) {
    await eventually('no connection to be left', async () => (await connections(each)).length === 0);
    expect((await fetch(`${each.origin}/ws/health`)).status).toBe(200);
  }
  expect(errors).toEqual([]);
});

/** An address that nobody else has. */
function newAddress(): string {
  addresses++;
  return `10.0.${addresses >> 8}.${addresses & 255}`;
}

interface Attempt extends Omit<RawClientOptions, 'port' | 'token'> {
  to?: ServerProcess;
  client?: string;
  /** Of `X-Forwarded-For`; one of its own when absent. A list is several headers. */
  from?: string | readonly string[];
  token?: string;
}

function attempt({ to = server, client = `client-${names++}`, from = newAddress(), token, headers, ...options }: Attempt = {}): RawClient {
  const made = new RawClient({ port: to.port, token: token ?? signToken({ sub: client }), headers: { 'X-Forwarded-For': from, ...headers }, ...options });
  clients.push(made);
  return made;
}

/** Many at the same instant, as each of them went: its queue is open, or it was turned away. */
async function rush(count: number, make: (index: number) => RawClient): Promise<{ inside: RawClient[]; outside: RawClient[] }> {
  const all = await Promise.all(Array.from({ length: count }, (_, index) => make(index).opened()));
  const isInside = (client: RawClient): boolean => client.frames[0]?.type === 'connected';
  const outside = all.filter((client) => !isInside(client));
  await Promise.all(outside.map((client) => client.ended()));
  return { inside: all.filter(isInside), outside };
}

async function connections(of: ServerProcess): Promise<{ id: string; client_id: string; address: string }[]> {
  const { body } = await of.admin.request<{ items: { id: string; client_id: string; address: string }[] }>('GET', '/connections?limit=200');
  return body.items;
}

function outcomes(of: readonly RawClient[]): string[] {
  return [...new Set(of.map((client) => client.outcome))];
}

describe('MAX_CONNECTIONS', () => {
  it('is never exceeded, however many come at the same instant; the others get 503 with Retry-After', async () => {
    const { inside, outside } = await rush(150, () => attempt());
    expect(inside).toHaveLength(MAX_CONNECTIONS);
    expect(await connections(server)).toHaveLength(MAX_CONNECTIONS);
    expect(outcomes(outside)).toEqual(['refused with 503']);
    expect(outside.map((client) => Number(client.header('retry-after'))).filter((seconds) => !(seconds >= 1))).toEqual([]);
  });

  it('gives a place back, however its connection ended', async () => {
    const { inside } = await rush(MAX_CONNECTIONS, () => attempt());
    const [first, second, third, ...others] = inside;
    await first.close();
    await second.cut('reset');
    await third.cut('fin');
    const [fourth] = others;
    const { body } = await server.admin.request<{ items: { id: string }[] }>('GET', '/connections?limit=1');
    await server.admin.request('DELETE', `/connections/${body.items[0].id}`);
    fourth.sendBytes(Buffer.from([0xff]));
    await eventually('five places', async () => (await connections(server)).length <= MAX_CONNECTIONS - 4);
    const free = MAX_CONNECTIONS - (await connections(server)).length;
    const next = await rush(free + 5, () => attempt());
    expect(next.inside.length).toBeGreaterThanOrEqual(free);
    expect(await connections(server)).toHaveLength(MAX_CONNECTIONS);
  });

  it('gives the places of refused handshakes back', async () => {
    const bad = [
      ...(await rush(30, () => attempt({ token: 'no.good.token' }))).outside,
      ...(await rush(30, () => attempt({ query: '&device=%20' }))).outside,
      ...(await rush(30, () => attempt({ headers: { 'Sec-WebSocket-Version': '12' } }))).outside,
    ];
    expect(outcomes(bad)).toEqual(['closed with 4401', 'refused with 400']);
    expect((await rush(MAX_CONNECTIONS, () => attempt())).inside).toHaveLength(MAX_CONNECTIONS);
  });
});

describe('MAX_CONNECTIONS_PER_CLIENT', () => {
  it('refuse-newest: those beyond it are told why and closed with 4429, also if all come at the same instant', async () => {
    const { inside, outside } = await rush(20, () => attempt({ client: 'hydra' }));
    expect(inside).toHaveLength(MAX_PER_CLIENT);
    expect(outcomes(outside)).toEqual(['closed with 4429']);
    for (const { frames } of outside) expect(frames).toMatchObject([{ type: 'error', data: { code: 'CONNECTION_ERROR' } }]);
    expect(inside.some(({ isOver }) => isOver)).toBe(false);
  });

  it('counts devices together and tenants apart', async () => {
    const { inside } = await rush(6, (index) => attempt({ client: 'devices', query: `&device=d${index}` }));
    expect(inside).toHaveLength(MAX_PER_CLIENT);
    expect((await attempt({ token: signToken({ sub: 'devices', tenant: 'elsewhere' }) }).opened()).frames[0].type).toBe('connected');
  });

  it('gives a place back', async () => {
    const { inside } = await rush(MAX_PER_CLIENT, () => attempt({ client: 'back' }));
    await inside[0].close();
    await eventually('its place', async () => (await connections(server)).length === MAX_PER_CLIENT - 1);
    expect((await attempt({ client: 'back' }).opened()).frames[0].type).toBe('connected');
  });

  it('close-oldest: the oldest is told why and closed with 4429', async () => {
    const open = [];
    for (let index = 0; index < MAX_PER_CLIENT + 1; index++) open.push(await attempt({ to: bare, client: 'moving' }).opened());
    const [oldest, ...newer] = open;
    await oldest.ended();
    expect(oldest.outcome).toBe('closed with 4429');
    expect(oldest.frames.at(-1)).toMatchObject({ type: 'error', data: { code: 'CONNECTION_ERROR' } });
    expect(newer.map(({ isOver }) => isOver)).toEqual([false, false]);
  });

  it('close-oldest: a handshake that fails closes nothing', async () => {
    const open = (await rush(MAX_PER_CLIENT, () => attempt({ to: bare, client: 'staying' }))).inside;
    for (const headers of [{ 'Sec-WebSocket-Version': '12' }, { 'Sec-WebSocket-Key': 'short' }, { Upgrade: 'h2c' }, { 'Sec-WebSocket-Protocol': ',,' }]) {
      expect((await attempt({ to: bare, client: 'staying', headers }).ended()).outcome).toBe('refused with 400');
    }
    for (const client of open) client.send({ type: 'ping' });
    await Promise.all(open.map((client) => client.until('pong', () => client.frames.some(({ type }) => type === 'pong'))));
    expect(open.some(({ isOver }) => isOver)).toBe(false);
  });
});

describe('MAX_CONNECTIONS_PER_IP', () => {
  /** How many of these, one after the other, get in; the others have to be refused with 429 and Retry-After. */
  async function admitted(to: ServerProcess, from: readonly (string | readonly string[])[]): Promise<number> {
    let inside = 0;
    for (const address of from) {
      const client = await attempt({ to, from: address }).opened();
      if (client.frames[0]?.type === 'connected') inside++;
      else expect([client.outcome, Number(client.header('retry-after')) >= 1]).toEqual(['refused with 429', true]);
    }
    return inside;
  }

  it('holds also if all come at the same instant', async () => {
    const { inside, outside } = await rush(20, () => attempt({ from: '192.0.2.1' }));
    expect(inside).toHaveLength(MAX_PER_ADDRESS);
    expect(outcomes(outside)).toEqual(['refused with 429']);
    expect(await admitted(server, ['192.0.2.2'])).toBe(1);
  });

  it('is not escaped by X-Forwarded-For where no proxy is trusted', async () => {
    expect(await admitted(bare, Array.from({ length: 8 }, () => newAddress()))).toBe(MAX_PER_ADDRESS);
    const others = ['Forwarded', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP'];
    for (const name of others) expect((await attempt({ to: bare, headers: { [name]: '198.51.100.1' } }).ended()).outcome).toBe('refused with 429');
    expect(new Set((await connections(bare)).map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
  });

  it('is not escaped by what a client writes to the left of what its proxy adds', async () => {
    const real = '203.0.113.7';
    const forged = [
      `1.2.3.4, ${real}`,
      `127.0.0.1, ${real}`,
      `5.6.7.8, 127.0.0.1, ${real}`,
      `garbage, ${real}`,
      `,,${real}`,
      ` ${real} `,
      `::ffff:${real}`,
      `${real}, 127.0.0.1`,
      ['9.9.9.9', real],
      ['9.9.9.9, 8.8.8.8', `7.7.7.7, ${real}`],
    ];
    expect(await admitted(server, forged)).toBe(MAX_PER_ADDRESS);
    expect(new Set((await connections(server)).map(({ address }) => address))).toEqual(new Set([real]));
  });

  it('takes what is no address for the proxy itself', async () => {
    const garbage = ['unknown', 'a', 'b', '999.1.1.1', '1.2.3', '1.2.3.4:80', '[2001:db8::1]', '<script>', '1.2.3.4%00', '_hidden', '0x7f.1', '', '-'];
    expect(await admitted(server, garbage)).toBe(MAX_PER_ADDRESS);
    expect(new Set((await connections(server)).map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
  });

  it('counts a /64 network of IPv6 as one address, however it is written, and another one apart', async () => {
    const network = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:DB8:1:2:0:0:0:5', '2001:0db8:0001:0002::', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:1.2.3.4'];
    expect(await admitted(server, network)).toBe(MAX_PER_ADDRESS);
    expect(await admitted(server, ['2001:db8:1:3::1'])).toBe(1);
  });

  it('gives a place back', async () => {
    const { inside } = await rush(MAX_PER_ADDRESS, () => attempt({ from: '192.0.2.9' }));
    await inside[0].cut();
    await eventually('its place', async () => (await connections(server)).length === MAX_PER_ADDRESS - 1);
    expect(await admitted(server, ['192.0.2.9', '192.0.2.9'])).toBe(1);
  });
});

describe('AUTH_FAILURES_PER_MINUTE', () => {
  const token = 'no.good.token';

  it('so many failures are answered with 4401, the next ones with HTTP 401 and Retry-After', async () => {
    const from = '198.51.100.1';
    for (let failure = 0; failure < AUTH_FAILURES; failure++) {
      const told = await attempt({ from, token }).ended();
      expect(told.outcome).toBe('closed with 4401');
      expect(told.frames).toMatchObject([{ type: 'error', data: { code: 'CONNECTION_ERROR', message: 'Authentication failed' } }]);
    }
    for (let again = 0; again < 5; again++) {
      const refused = await attempt({ from: again % 2 === 0 ? from : `1.2.3.${again}, ${from}`, token }).ended();
      expect(refused.outcome).toBe('refused with 401');
      expect(Number(refused.header('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(refused.header('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect((await attempt({ from }).opened()).frames[0].type).toBe('connected');
    expect((await attempt({ from: '198.51.100.2', token }).ended()).outcome).toBe('closed with 4401');
  });

  it('holds if all come at the same instant, and for a whole IPv6 network', async () => {
    const { outside } = await rush(20, (index) => attempt({ from: `2001:db8:bad:1::${index}`, token }));
    expect(outside.filter(({ outcome }) => outcome === 'closed with 4401')).toHaveLength(AUTH_FAILURES);
    expect(outside.filter(({ outcome }) => outcome === 'refused with 401')).toHaveLength(20 - AUTH_FAILURES);
  });
});

describe('slow handshakes', () => {
  /** Sends one byte after the other for as long as the server listens. */
  function trickle(socket: Socket, bytes: string): void {
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.writable && sent < bytes.length) socket.write(bytes[sent++]);
    }, 50);
    socket.once('close', () => clearInterval(timer));
  }

  it('are cut: heads that never end, one byte at a time, nothing at all, and the second head of a connection', async () => {
    const head = upgradeRequest({ token: signToken({ sub: 'slow' }), headers: { 'X-Padding': 'x'.repeat(4000) } });
    const never = ['', 'G', 'GET /ws?token=', 'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n', head.slice(0, -1)];
    const slow = never.map((request) => attempt({ request }));
    const dripping = attempt({ request: '' });
    trickle(dripping.socket, head);
    const second = attempt({ request: 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /ws HTTP/1.1\r\nHost:' });
    await Promise.all([...slow, dripping, second].map((client) => client.ended()));
    for (const { outcome } of [...slow, dripping]) expect(['cut', 'refused with 408']).toContain(outcome);
    expect(second.status).toBe(200);
  });

  it('one that was refused cannot keep its socket by sending on', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined).resume();
    socket.write(upgradeRequest({}).replace('/ws', '/elsewhere'));
    await once(socket, 'end');
    trickle(socket, 'x'.repeat(10_000));
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('300 half-open handshakes keep no good client out', async () => {
    const halves = ['', 'G', 'GET /ws?token=', 'GET /ws HTTP/1.1\r\nUpgrade: webso'];
    const open = Array.from({ length: 300 }, (_, index) => attempt({ to: bare, request: halves[index % halves.length] }));
    await Promise.all(open.filter(({ socket }) => socket.connecting).map(({ socket }) => once(socket, 'connect')));
    await bare.admin.createRoom({ id: 'served', members: ['good'] });
    const good = await attempt({ to: bare, client: 'good' }).opened();
    await bare.admin.publish('served', { content: 'in time' });
    await good.until('the message', () => good.frames.some(({ data }) => data.content === 'in time'));
    expect(open.filter(({ isOver, status }) => isOver || status !== 0)).toEqual([]);
  });
});

describe('a reset at every stage of the handshake', () => {
  const head = (): string => upgradeRequest({ token: signToken({ sub: 'flaky' }), headers: { 'X-Forwarded-For': newAddress() } });
  /** Most heads are cut here: in the request line, among the headers, before the empty line, before its last byte. */
  const cuts = (text: string): number[] => [1, 10, Math.floor(text.length / 2), text.length - 4, text.length - 1];

  async function connected(): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  const end = (socket: Socket, how: 'reset' | 'fin'): unknown => (how === 'reset' ? socket.resetAndDestroy() : socket.destroy());

  it.each([
    { stage: 'right after connecting', sent: () => [''] },
    { stage: 'in the middle of the head', sent: () => cuts(head()).map((at) => head().slice(0, at)) },
    { stage: 'right after the head', sent: () => [head()] },
    { stage: 'right after a head with a bad token', sent: () => [head().replace('token=', 'token=bad')] },
    { stage: 'right after a head that is refused', sent: () => [head().replace('/ws', '/elsewhere'), head().replace('Version: 13', 'Version: 1')] },
    { stage: 'right after the head and a frame', sent: () => [`${head()}\x81\x82\0\0\0\0{}`, `${head()}\x88\x80\0\0\0\0`, `${head()}\xff\xff\xff`] },
  ])('$stage harms nothing', async ({ sent }) => {
    for (let round = 0; round < 10; round++) {
      for (const how of ['reset', 'fin'] as const) {
        const texts = sent();
        const sockets = await Promise.all(texts.map(connected));
        sockets.forEach((socket, index) => socket.write(Buffer.from(texts[index], 'latin1'), () => end(socket, how)));
        await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket, 'close')));
      }
    }
    expect((await attempt().opened()).frames[0].type).toBe('connected');
  });

  it('as soon as the upgrade is answered harms nothing', async () => {
    for (let round = 0; round < 30; round++) await (await attempt().answered()).cut();
    expect((await attempt().opened()).frames[0].type).toBe('connected');
  });
});

describe('what is no handshake', () => {
  const token = signToken({ sub: 'odd' });
  const withHeaders = (headers: Readonly<Record<string, string | readonly string[]>>): string => upgradeRequest({ token, headers });
  const withTarget = (target: string, method = 'GET', version = 'HTTP/1.1'): string =>
    upgradeRequest({ token }).replace(/^.*?\r\n/, `${method} ${target} ${version}\r\n`);
  const withLine = (line: string): string => upgradeRequest({ token }).replace('\r\n\r\n', `\r\n${line}\r\n\r\n`);
  const good = `/ws?token=${token}`;

  const requests: Record<string, string | Buffer> = {
    'two Content-Length': withHeaders({ 'Content-Length': ['0', '5'] }),
    'two Content-Length that agree': withHeaders({ 'Content-Length': ['5', '5'] }) + 'hello',
    'a body': `${withHeaders({ 'Content-Length': '5' })}hello`,
    'a negative Content-Length': withHeaders({ 'Content-Length': '-1' }),
    'Transfer-Encoding': `${withHeaders({ 'Transfer-Encoding': 'chunked' })}0\r\n\r\n`,
    'Transfer-Encoding and Content-Length': `${withHeaders({ 'Transfer-Encoding': 'chunked', 'Content-Length': '4' })}0\r\n\r\n`,
    'Transfer-Encoding that is none': withHeaders({ 'Transfer-Encoding': 'xchunked' }),
    'HTTP/1.0': withTarget(good, 'GET', 'HTTP/1.0'),
    'HTTP/0.9': `GET ${good}\r\n\r\n`,
    'HTTP/2.0': withTarget(good, 'GET', 'HTTP/2.0'),
    'HTTP/9.9': withTarget(good, 'GET', 'HTTP/9.9'),
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'no Host': withHeaders({ Host: [] }),
    'two Host': withHeaders({ Host: ['127.0.0.1', 'evil.example'] }),
    'no key': withHeaders({ 'Sec-WebSocket-Key': [] }),
    'an empty key': withHeaders({ 'Sec-WebSocket-Key': '' }),
    'a short key': withHeaders({ 'Sec-WebSocket-Key': 'c2hvcnQ=' }),
    'a long key': withHeaders({ 'Sec-WebSocket-Key': 'A'.repeat(5000) }),
    'a key that is no Base64': withHeaders({ 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }),
    'two keys': withHeaders({ 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }),
    'no version': withHeaders({ 'Sec-WebSocket-Version': [] }),
    'version 12': withHeaders({ 'Sec-WebSocket-Version': '12' }),
    'version 99999999999': withHeaders({ 'Sec-WebSocket-Version': '99999999999' }),
    'a version that is none': withHeaders({ 'Sec-WebSocket-Version': 'thirteen' }),
    'two versions': withHeaders({ 'Sec-WebSocket-Version': ['13', '13'] }),
    'Upgrade: h2c': withHeaders({ Upgrade: 'h2c', Connection: 'Upgrade, HTTP2-Settings', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }),
    'an Upgrade to much': withHeaders({ Upgrade: 'websocket, h2c' }),
    'an Upgrade to nothing': withHeaders({ Upgrade: '' }),
    'Upgrade without Connection': withHeaders({ Connection: 'keep-alive' }),
    'Connection without Upgrade': withHeaders({ Upgrade: [] }),
    'a subprotocol list that is none': withHeaders({ 'Sec-WebSocket-Protocol': 'a b,,' }),
    'the same subprotocol twice': withHeaders({ 'Sec-WebSocket-Protocol': 'chatapi.v1, chatapi.v1' }),
    POST: withTarget(good, 'POST'),
    DELETE: withTarget(good, 'DELETE'),
    HEAD: withTarget(good, 'HEAD'),
    CONNECT: withTarget('127.0.0.1:80', 'CONNECT'),
    'a method that is none': withTarget(good, 'FLOOD'),
    'a method in lower case': withTarget(good, 'get'),
    '/': withTarget(`/?token=${token}`),
    '/ws/': withTarget(`/ws/?token=${token}`),
    '//ws': withTarget(`//ws?token=${token}`),
    '/WS': withTarget(`/WS?token=${token}`),
    '/%77s': withTarget(`/%77s?token=${token}`),
    '/ws%00': withTarget(`/ws%00?token=${token}`),
    '/ws;x': withTarget(`/ws;x?token=${token}`),
    '/ws#x': withTarget(`/ws#x?token=${token}`),
    '/x/../ws': withTarget(`/x/../ws?token=${token}`),
    '/ws/health': withTarget(`/ws/health?token=${token}`),
    '/api/v1/rooms': withTarget(`/api/v1/rooms?token=${token}`),
    'a path that cannot be decoded': withTarget('/%E0%A4%A'),
    'an absolute target of another server': withTarget(`http://evil.example/?token=${token}`),
    'an absolute target of another scheme': withTarget(`ftp://127.0.0.1/ws/?token=${token}`),
    'an absolute target that is none': withTarget('http://'),
    'no target': withTarget(''),
    'a star': withTarget('*'),
    'a target with a space': withTarget(`/ws ?token=${token}`),
    'a query of 64 KB': withTarget(`${good}&x=${'x'.repeat(65_536)}`),
    'a token of 12 KB': withTarget(`/ws?token=${'x'.repeat(12_000)}`),
    'a device of 12 KB': withTarget(`${good}&device=${'x'.repeat(12_000)}`),
    '1,500 parameters, the first of them wrong': withTarget(`${good}&device=%20${'&device=d'.repeat(1_500)}`),
    'a header of 64 KB': withLine(`X-Long: ${'x'.repeat(65_536)}`),
    '10,000 headers': withLine(Array.from({ length: 10_000 }, (_, n) => `X-${n}: 1`).join('\r\n')),
    'a header without a colon': withLine('nonsense'),
    'a header with a space before the colon': withLine('Content-Length : 5'),
    'a header without a name': withLine(': nameless'),
    'a folded header': withLine('X-Folded: a\r\n b: c\r\n\t\0'),
    'a NUL in a header': withLine('X-Nul: a\0b'),
    'a carriage return in a header': withLine('X-Return: a\rb'),
    'lines that end in LF alone': upgradeRequest({ token }).replaceAll('\r\n', '\n'),
    'the start of TLS': Buffer.from('16030100c8010000c40303', 'hex'),
    'an HTTP response': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'bytes that are no text': Buffer.alloc(4096, 0xff),
    NULs: Buffer.alloc(4096),
  };

  /** How it went, and what was told over a WebSocket. */
  async function outcomeOf(request: string | Buffer): Promise<string> {
    const odd = await attempt({ request }).answered();
    // Where the answer keeps the connection, for a next request.
    if (odd.status !== 101) odd.socket.end();
    await odd.ended();
    return [odd.outcome, ...odd.frames.map(({ type }) => type)].join(', ');
  }

  it('gets a clear answer, or a closed socket', async () => {
    const wrong: Record<string, string> = {};
    const left = Object.entries(requests);
    while (left.length > 0) {
      const some = left.splice(0, 10);
      const got = await Promise.all(some.map(([, request]) => outcomeOf(request)));
      got.forEach((outcome, index) => {
        if (!/^(cut|refused with (4\d\d|501|505)|closed with 4401, error)$/.test(outcome)) wrong[some[index][0]] = outcome;
      });
    }
    expect(wrong).toEqual({});
  });

  it('several requests in one packet are no way around: what follows an upgrade is frames', async () => {
    const smuggled = attempt({ request: `${upgradeRequest({ token })}GET /api/v1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n` });
    expect((await smuggled.ended()).outcome).toBe('closed with 1002');
    const refused = attempt({ request: `${withTarget('/elsewhere')}${upgradeRequest({ token })}` });
    expect((await refused.ended()).outcome).toBe('refused with 404');
  });
});
