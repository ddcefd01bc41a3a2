// Attacks by frames: after each of them the server is healthy, and a well-behaved client gets its messages.
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame, closeFrame, Opcode } from '../support/client-frame.js';
import { ProbedServer } from '../support/probed-server.js';
import { RawClient, type RawClientOptions } from '../support/raw-client.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const MAX_PAYLOAD_BYTES = 131_072;
const INVALID_FRAMES = 10;
const SEND_BUFFER_BYTES = 65_536;
const MIB = 1024 * 1024;

/** Messages of more fragments than this are refused. */
const MAX_FRAGMENTS = 1_024;

/** Lines of the servers' logs that tell of an error. */
const errors: string[] = [];

function noteErrors(line: string): void {
  if (/"level":(50|60)/.test(line) || !line.startsWith('{')) errors.push(line);
}

/** Without limits that would end a flood before its memory can be looked at. */
const server = new ProbedServer(
  {
    MAX_PAYLOAD_BYTES: String(MAX_PAYLOAD_BYTES),
    INVALID_FRAMES_PER_MINUTE: String(INVALID_FRAMES),
    SEND_BUFFER_MAX_BYTES: String(SEND_BUFFER_BYTES),
    CONTROL_RATE_LIMIT_MAX: '10000000',
    MAX_CONNECTIONS_PER_CLIENT: '0',
  },
  { onLine: noteErrors },
);
const strict = new ServerProcess({ CONTROL_RATE_LIMIT_MAX: '100', BAN_THRESHOLD: '100' }, { onLine: noteErrors });
const bystanders = new Map<ServerProcess, RecordingClient>();

let clients: RawClient[] = [];
let number = 0;

beforeAll(async () => {
  for (const each of [server, strict]) {
    await each.start();
    await each.admin.createRoom({ id: 'watched', members: ['bystander', 'mallory'] });
    bystanders.set(each, await new RecordingClient(each, 'bystander').connect());
  }
});

afterAll(() => Promise.all([server.destroy(), strict.destroy()]));

afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  clients = [];
  for (const [each, bystander] of bystanders) {
    const content = `undisturbed ${number++}`;
    expect((await each.admin.publish('watched', { content })).status).toBe(201);
    await bystander.next(content, ({ data }) => data.content === content);
    expect((await fetch(`${each.origin}/ws/health`)).status).toBe(200);
  }
  expect(errors).toEqual([]);
});

/** One that is connected, and has its queue open. */
async function mallory(options: Partial<RawClientOptions> = {}, to: ServerProcess = server, sub = 'mallory'): Promise<RawClient> {
  const client = new RawClient({ port: to.port, token: signToken({ sub }), ...options });
  clients.push(client);
  return client.opened();
}

/** How a connection ends that sends this. */
async function outcomeOf(...bytes: readonly Buffer[]): Promise<string> {
  const client = await mallory();
  client.sendBytes(Buffer.concat(bytes));
  return (await client.ended()).outcome;
}

/** How each of these ends, by its name. */
async function outcomes(attacks: Readonly<Record<string, Buffer | readonly Buffer[]>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(attacks)) found[name] = await outcomeOf(...(Buffer.isBuffer(bytes) ? [bytes] : bytes));
  return found;
}

function all(attacks: object, outcome: string): Record<string, string> {
  return Object.fromEntries(Object.keys(attacks).map((name) => [name, outcome]));
}

/** Resolves when everything that the client has sent before was handled, and it is connected still. */
async function handled(client: RawClient): Promise<void> {
  const ref = `handled-${number++}`;
  client.send({ type: 'presence', ref, data: { status: 'online' } });
  await client.until(ref, () => client.frames.some((frame) => frame.ref === ref) || client.isOver);
  expect([client.isOver, client.outcome]).toEqual([false, 'cut']);
}

/** Resolves when everything that the client has sent before was read. */
async function read(client: RawClient): Promise<void> {
  const before = client.pongs;
  client.sendBytes(ping());
  await client.until('a pong', () => client.pongs > before || client.isOver);
  expect(client.isOver).toBe(false);
}

function errorsOf(client: RawClient): unknown[] {
  return client.frames.filter(({ type }) => type === 'error').map(({ data }) => data.code);
}

const text = (payload: Buffer | string, shape = {}): Buffer => clientFrame(Opcode.Text, payload, shape);
const more = (payload: Buffer | string = '', fin = false): Buffer => clientFrame(Opcode.Continuation, payload, { fin });
const ping = (payload: Buffer | string = '', shape = {}): Buffer => clientFrame(Opcode.Ping, payload, shape);
const closing = (payload: readonly number[], reason = ''): Buffer => clientFrame(Opcode.Close, Buffer.concat([Buffer.from(payload), Buffer.from(reason)]));

describe('size', () => {
  it('a frame, or fragments that add up to one, larger than MAX_PAYLOAD_BYTES closes with 1009', async () => {
    const half = 'x'.repeat(MAX_PAYLOAD_BYTES / 2);
    const attacks = {
      'a text frame': text('x'.repeat(MAX_PAYLOAD_BYTES + 1)),
      'a binary frame': clientFrame(Opcode.Binary, 'x'.repeat(MAX_PAYLOAD_BYTES + 1)),
      'a header that claims one byte too many': text('', { claimedLength: MAX_PAYLOAD_BYTES + 1 }),
      'a header that claims 1 GiB': text('', { claimedLength: 2 ** 30 }),
      'a header that claims 4 EiB': text('', { claimedLength: 2 ** 62 }),
      fragments: [text(half, { fin: false }), more(half), more('x')],
      'fragments with pings between': [text(half, { fin: false }), ping(), more(half), ping(), more('x', true)],
    };
    expect(await outcomes(attacks)).toEqual(all(attacks, 'closed with 1009'));
  });

  it('the largest frame that is allowed is read', async () => {
    const client = await mallory();
    client.send(JSON.stringify({ type: 'ping', padding: '' }).replace('""', `"${'x'.repeat(MAX_PAYLOAD_BYTES - 30)}"`));
    await handled(client);
    expect(client.frames.filter(({ type }) => type === 'pong')).toHaveLength(1);
  });

  it('endless empty fragments are ended, and cost no memory', async () => {
    const before = await server.heldBytes();
    const client = await mallory();
    client.sendBytes(text('{', { fin: false }));
    client.sendBytes(Buffer.concat(Array.from({ length: MAX_FRAGMENTS - 1 }, () => more())));
    await read(client);
    const after = await server.heldBytes();
    expect(after - before).toBeLessThan(MIB);
    client.sendBytes(Buffer.concat([more(), more()]));
    expect((await client.ended()).outcome).toBe('closed with 1008');
  });

  it('empty messages are invalid frames', async () => {
    expect(await outcomeOf(...Array.from({ length: 5000 }, () => text('')))).toBe('closed with 4400');
  });
});

describe('the rules of RFC 6455', () => {
  it('broken ones close with 1002', async () => {
    const bomb = deflateRawSync(Buffer.alloc(50 * MIB));
    const attacks: Record<string, Buffer | Buffer[]> = {
      'a frame that is not masked': text('{"type":"ping"}', { masked: false }),
      'a ping that is not masked': ping('', { masked: false }),
      'RSV1, without a negotiated compression': text('{}', { reserved: 4 }),
      RSV2: text('{}', { reserved: 2 }),
      RSV3: text('{}', { reserved: 1 }),
      'RSV1 of a ping': ping('', { reserved: 4 }),
      'a deflate bomb': text(bomb, { reserved: 4 }),
      'a continuation of nothing': more('{}', true),
      'a message inside another one': [text('{', { fin: false }), text('}')],
      'a ping that is too long': ping('x'.repeat(126)),
      'a ping that claims 1 GiB': ping('', { claimedLength: 2 ** 30 }),
      'a pong that is too long': clientFrame(Opcode.Pong, 'x'.repeat(126)),
      'a fragment of a ping': ping('', { fin: false }),
      'a fragment of a close frame': clientFrame(Opcode.Close, '', { fin: false }),
      'a close frame that is too long': closing([0x03, 0xe8], 'x'.repeat(124)),
      'a close frame with one byte': closing([0x03]),
    };
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) attacks[`opcode ${opcode}`] = clientFrame(opcode, '{}');
    for (const code of [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2999, 5000, 65_535]) attacks[`a close frame with ${code}`] = closeFrame(code);
    expect(await outcomes(attacks)).toEqual(all(attacks, 'closed with 1002'));
  });

  it('invalid UTF-8 closes with 1007, also where it is split over fragments', async () => {
    const bytes = (...values: number[]): Buffer => Buffer.from(values);
    const attacks = {
      'no UTF-8': text(bytes(0xff, 0xfe)),
      'an overlong NUL': text(bytes(0x22, 0xc0, 0x80, 0x22)),
      'half a surrogate pair': text(bytes(0xed, 0xa0, 0x80)),
      'beyond U+10FFFF': text(bytes(0xf4, 0x90, 0x80, 0x80)),
      'a character that is cut off': text(bytes(0x22, 0xe2, 0x82)),
      'split over fragments': [text(bytes(0xe2), { fin: false }), more(bytes(0x28, 0xa1), true)],
      'cut off in the last fragment': [text('"', { fin: false }), more(bytes(0xe2, 0x82)), more('', true)],
      'in the reason of a close frame': clientFrame(Opcode.Close, bytes(0x03, 0xe8, 0xff, 0xfe)),
    };
    expect(await outcomes(attacks)).toEqual(all(attacks, 'closed with 1007'));
  });

  it('a character may be split over fragments, with a ping between', async () => {
    const client = await mallory();
    const frame = Buffer.from('{"type":"ping","ref":"€"}');
    const middle = frame.indexOf(0x82);
    client.sendBytes(Buffer.concat([text(frame.subarray(0, middle), { fin: false }), ping('between'), more(frame.subarray(middle), true)]));
    await handled(client);
    expect(errorsOf(client)).toEqual([]);
  });
});

describe('close frames', () => {
  it('valid ones are answered with their code', async () => {
    expect(await outcomes({ 'no code': closing([]) })).toEqual({ 'no code': 'closed with 1005' });
    for (const code of [1000, 1001, 1011, 3000, 4999]) expect(await outcomeOf(closeFrame(code))).toBe(`closed with ${code}`);
    expect(await outcomeOf(closing([0x03, 0xe8], 'x'.repeat(123)))).toBe('closed with 1000');
  });

  it('what comes behind one is not read', async () => {
    const message = text(JSON.stringify({ type: 'message', data: { room_id: 'watched', content: 'from the grave' } }));
    const before = (await server.admin.room('watched')).body.last_seq;
    expect(await outcomeOf(closeFrame(1000), message, ping(), text('no JSON'), closeFrame(4999), Buffer.alloc(10_000, 0xff))).toBe('closed with 1000');
    expect((await server.admin.room('watched')).body.last_seq).toBe(before);
  });

  it('one in the middle of a message ends it', async () => {
    expect(await outcomeOf(text('{"type":', { fin: false }), closeFrame(1000), more('"ping"}', true))).toBe('closed with 1000');
  });
});

/** JSON that would reach a prototype, were it merged into an object. The whole text, for `JSON.stringify` drops such keys. */
const POISONS = ['"__proto__":{"polluted":"yes"}', '"constructor":{"prototype":{"polluted":"yes"}}', '"prototype":{"polluted":"yes"}', '"\\u005f_proto__":{"polluted":"yes"}'];
const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);
const DEEP_OBJECTS = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000);

describe('JSON', () => {
  const message = (inner: string): string => `{"type":"message","data":{"room_id":"watched","content":"x",${inner}}}`;
  const invalid: Record<string, string> = {
    'no JSON': 'no JSON',
    'nothing but spaces': '   ',
    'a string': '"ping"',
    'a number': '1e999',
    null: 'null',
    'an array': '[{"type":"ping"}]',
    'two objects': '{"type":"ping"}{"type":"ping"}',
    'no type': '{"data":{}}',
    'a type that is no string': '{"type":{"toString":"ping"}}',
    '100,000 opening brackets': '['.repeat(100_000),
    '50,000 levels of arrays': DEEP,
    '20,000 levels of objects': DEEP_OBJECTS,
    '17 levels': `{"type":"ping","data":${'['.repeat(16)}${']'.repeat(16)}}`,
  };
  for (const poison of POISONS) {
    invalid[`${poison} at the top`] = `{"type":"ping",${poison}}`;
    invalid[`${poison} in the data`] = message(poison);
    invalid[`${poison} in the metadata`] = message(`"metadata":{"a":[{${poison}}]}`);
  }
  const unknown = ['dance', 'Message', 'message ', '', 'connected', 'room_update', 'toString', 'hasOwnProperty', 'x'.repeat(10_000), '\r\n\u001b[31m'];

  it('that is no frame, is too deep, or reaches for a prototype is answered with INVALID_FRAME', async () => {
    const answers: Record<string, unknown> = {};
    for (const [name, frame] of Object.entries(invalid)) {
      const client = await mallory();
      client.send(frame);
      await handled(client);
      answers[name] = errorsOf(client);
    }
    expect(answers).toEqual(Object.fromEntries(Object.keys(invalid).map((name) => [name, ['INVALID_FRAME']])));
    expect(await server.pollution()).toEqual([]);
  });

  it('of an unknown type is answered with UNKNOWN_TYPE, which does not echo it', async () => {
    for (const type of unknown) {
      const client = await mallory();
      client.send({ type });
      await handled(client);
      expect([type, errorsOf(client)]).toEqual([type, ['UNKNOWN_TYPE']]);
      const told = JSON.stringify(client.frames.find((frame) => frame.type === 'error'));
      if (type !== '') expect(told).not.toContain(JSON.stringify(type).slice(1, -1));
    }
  });

  it('over HTTP that is too deep or reaches for a prototype is refused with 400', async () => {
    const send = async (path: string, body: string, method = 'POST', type = 'application/json'): Promise<number> => {
      const headers = { authorization: `Bearer ${signToken({ sub: 'admin', scope: 'admin' })}`, 'content-type': type };
      const response = await fetch(`${server.origin}/api/v1${path}`, { method, headers, body });
      const answer = (await response.json()) as { results?: { status: number }[] };
      return response.status === 200 && answer.results !== undefined ? Math.max(...answer.results.map(({ status }) => status)) : response.status;
    };
    for (const inner of [...POISONS, `"metadata":{"deep":${DEEP}}`, `"metadata":{${POISONS[0]}}`, `"metadata":{"deep":[{${POISONS[1]}}]}`]) {
      const statuses = [
        await send('/rooms', `{"id":"poisoned",${inner}}`),
        await send('/rooms/watched', `{"name":"poisoned",${inner}}`, 'PATCH'),
        await send('/rooms/watched/messages', `{"content":"poisoned",${inner}}`),
        await send('/rooms/watched/notifications', `{"type":"custom","data":{${inner}}}`),
        await send('/publish', `[{"room_id":"watched","content":"poisoned",${inner}}]`),
        await send('/publish', `{"room_id":"watched","content":"poisoned",${inner}}\n`, 'POST', 'application/x-ndjson'),
        await send('/bans/somebody', `{"seconds":1,${inner}}`, 'PUT'),
      ];
      expect([inner.slice(0, 40), statuses]).toEqual([inner.slice(0, 40), statuses.map(() => 400)]);
    }
    expect(await server.pollution()).toEqual([]);
    expect((await server.admin.room('poisoned')).status).toBe(404);
    expect(bystanders.get(server)?.frames.filter(({ data }) => data.content === 'poisoned')).toEqual([]);
  });
});

describe('INVALID_FRAMES_PER_MINUTE', () => {
  const invalid = [text('no JSON'), clientFrame(Opcode.Binary, '{"type":"ping"}'), text('{"type":"dance"}'), text('[]')];

  it('so many, of whatever kind, close the connection that sent them with 4400, and no other one', async () => {
    const [sender, other] = [await mallory(), await mallory()];
    for (let sent = 0; sent < INVALID_FRAMES - 1; sent++) sender.sendBytes(invalid[sent % invalid.length]);
    await handled(sender);
    sender.sendBytes(invalid[0]);
    expect((await sender.ended()).outcome).toBe('closed with 4400');
    const codes = errorsOf(sender);
    expect(codes).toHaveLength(INVALID_FRAMES);
    expect(new Set(codes)).toEqual(new Set(['INVALID_FRAME', 'UNKNOWN_TYPE']));
    for (let sent = 0; sent < INVALID_FRAMES - 1; sent++) other.sendBytes(invalid[sent % invalid.length]);
    await handled(other);
  });

  it('what comes behind them in the same packet is not carried out', async () => {
    const before = (await server.admin.room('watched')).body.last_seq;
    const message = text(JSON.stringify({ type: 'message', data: { room_id: 'watched', content: 'behind' } }));
    const client = await mallory();
    client.sendBytes(Buffer.concat([...Array.from({ length: 1000 }, () => invalid[0]), message]));
    expect((await client.ended()).outcome).toBe('closed with 4400');
    expect(errorsOf(client)).toHaveLength(INVALID_FRAMES);
    expect((await server.admin.room('watched')).body.last_seq).toBe(before);
  });

  it('commands whose content is wrong do not count', async () => {
    const client = await mallory();
    for (let sent = 0; sent < 3 * INVALID_FRAMES; sent++) client.send({ type: 'message', data: { room_id: 'nowhere', content: sent } });
    await handled(client);
  });
});

describe('floods', () => {
  it('of pings, by one that does not read the pongs, cost bounded memory', async () => {
    const before = await server.heldBytes();
    const client = await mallory();
    client.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 2000 }, () => ping('x'.repeat(125))));
    for (let sent = 0; sent < 40; sent++) await new Promise((resolve) => client.socket.write(pings, resolve));
    const { body } = await server.admin.request<{ items: { buffered_bytes: number }[] }>('GET', '/connections?client_id=mallory');
    expect(body.items.map(({ buffered_bytes: bytes }) => bytes <= SEND_BUFFER_BYTES + 1024)).toEqual([true]);
    const after = await server.heldBytes();
    expect(after - before).toBeLessThan(2 * MIB);
    client.socket.resume();
    await handled(client);
  });

  it.each([
    { what: 'pings', frame: () => ping('flood') },
    { what: 'pongs', frame: () => clientFrame(Opcode.Pong, randomBytes(8)) },
    { what: 'pings in commands', frame: () => text('{"type":"ping"}') },
  ])('of $what ban the client, all its connections', async ({ what, frame }) => {
    const sub = `flooder-of-${what.replaceAll(' ', '-')}`;
    const flooder = await mallory({}, strict, sub);
    const other = await mallory({}, strict, sub);
    flooder.sendBytes(Buffer.concat(Array.from({ length: 300 }, frame)));
    for (const banned of [flooder, other, await mallory({}, strict, sub)]) {
      expect((await banned.ended()).outcome).toBe('closed with 4403');
      expect(banned.frames.at(-1)?.data).toMatchObject({ code: 'CLIENT_BANNED', retry_after: expect.any(Number) as number });
    }
    expect(flooder.frames.filter(({ data }) => data.code === 'CLIENT_BANNED')).toHaveLength(1);
  });

  it('of pongs that nobody asked for acknowledge nothing', async () => {
    await server.admin.createRoom({ id: 'guessed', members: ['guesser'] });
    const guesser = await mallory({ polite: false }, server, 'guesser');
    await server.admin.publish('guessed', { content: 'unread' });
    await guesser.until('the message', () => guesser.frames.some(({ data }) => data.content === 'unread'));
    const guesses = [Buffer.alloc(0), Buffer.alloc(8), Buffer.alloc(125), ...Array.from({ length: 20_000 }, () => randomBytes(8))];
    guesser.sendBytes(Buffer.concat(guesses.map((guess) => clientFrame(Opcode.Pong, guess))));
    await handled(guesser);
    await guesser.close();
    expect((await server.admin.queue('guesser')).body.size).toBe(1);
  });
});
