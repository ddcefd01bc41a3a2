// Nothing that is secret comes out: not by routes, answers, debug mode, the log or the audit trail; and nobody forges a line of the log.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Frame } from '../support/frame.js';
import { RawClient, upgradeRequest } from '../support/raw-client.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';
import { ROUTES, ROUTES_ROOM, type Route } from './routes.js';

const lines: string[] = [];
const server = new ServerProcess(
  { LOG_LEVEL: 'trace', DEBUG_MODE: 'scope', INVALID_FRAMES_PER_MINUTE: '1000', BAN_THRESHOLD: '0' },
  { onLine: (line) => lines.push(line) },
);

beforeAll(async () => {
  await server.start();
  await server.admin.createRoom({ id: ROUTES_ROOM, members: ['somebody'] });
});
afterAll(() => server.destroy());

const SCOPED = ROUTES.filter(({ scope }) => scope !== undefined);
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Any request, with headers as they are; resolves with the status and the whole answer as text. */
async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.origin}${path}`, { method, headers, ...(body !== undefined && { body }) });
  return { status: response.status, text: `${[...response.headers].join('\n')}\n${await response.text()}` };
}

const askRoute = ({ method, path, body }: Route, headers: Record<string, string>): ReturnType<typeof ask> =>
  ask(method, `/api/v1${path}`, { ...headers, ...(body && { 'content-type': 'application/json' }) }, body && JSON.stringify(body));

/** What the routes would have changed. */
async function state(): Promise<unknown> {
  const paths = ['/rooms?limit=200', `/rooms/${ROUTES_ROOM}`, `/rooms/${ROUTES_ROOM}/members`, '/bans', '/clients/somebody/queue'];
  return Promise.all(paths.map(async (path) => (await server.admin.request('GET', path)).body));
}

describe('the routes', () => {
  it('of operators and backends refuse every token without their scope, and do nothing', async () => {
    const before = await state();
    const lookalikes = ['', 'Admin', 'ADMIN', 'admin,publish', 'admin2', 'xadmin', 'admin\tpublish', 'admin\u00a0', 'receive:admin', 'debug', 'publish2'];
    for (const route of SCOPED) {
      for (const scope of [...lookalikes, ...(route.scope === 'admin' ? ['publish'] : [])]) {
        const { status, text } = await askRoute(route, { authorization: `Bearer ${signToken({ sub: 'stranger', scope })}` });
        expect({ route: nameOf(route), scope, status }).toEqual({ route: nameOf(route), scope, status: 403 });
        expect(text).toContain('"code":"FORBIDDEN"');
      }
    }
    expect(await state()).toEqual(before);
  });

  it.each([
    ['no token', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${adminToken()}` }],
    ['another secret', { authorization: `Bearer ${signToken({ sub: 'admin', scope: 'admin' }, 'another secret of thirty-two bytes')}` }],
    ['an expired token', { authorization: `Bearer ${signToken({ sub: 'admin', scope: 'admin', exp: 1 })}` }],
    ['a cookie', { cookie: `token=${adminToken()}` }],
    ['a header of another name', { 'x-authorization': `Bearer ${adminToken()}`, 'x-access-token': adminToken() }],
  ] as [string, Record<string, string>][])('refuse %s, each of them, and do nothing', async (_what, headers) => {
    const before = await state();
    for (const route of ROUTES) {
      const { status, text } = await askRoute(route, headers);
      expect({ route: nameOf(route), status }).toEqual({ route: nameOf(route), status: 401 });
      expect(text).toMatch(/www-authenticate,Bearer/);
    }
    expect(await state()).toEqual(before);
  });

  it('are not to be had by another spelling of their path or method', async () => {
    const spellings = ['//api/v1/bans', '/api/v1//bans', '/api/v1/bans/', '/API/V1/BANS', '/api/v1/%62ans', '/api/v1/bans;x', '/api/v1/x/..%2fbans', '/api/v1/bans%00', '/bans'];
    for (const path of spellings) {
      for (const headers of [{}, { authorization: `Bearer ${signToken({ sub: 'somebody' })}` }]) {
        expect({ path, status: (await ask('GET', path, headers)).status }).toEqual({ path, status: expect.toSatisfy((status: number) => [401, 403, 404].includes(status)) as number });
      }
    }
    const override = { 'x-http-method-override': 'DELETE', 'x-original-url': '/api/v1/bans', authorization: `Bearer ${signToken({ sub: 'somebody' })}` };
    expect((await ask('GET', `/api/v1/rooms/${ROUTES_ROOM}`, override)).status).toBe(200);
    expect((await ask('GET', `/api/v1/rooms/${ROUTES_ROOM}`, override)).status).toBe(200);
  });
});

describe('debug=true', () => {
  it('shows nothing more to a token that has no right to it, but that it has none', async () => {
    await server.admin.createRoom({ id: 'debugged', members: ['plain', 'curious'] });
    const seen = await Promise.all(
      ['plain', 'curious'].map(async (name) => {
        const client = new RawClient({ port: server.port, token: signToken({ sub: name }), query: name === 'curious' ? '&debug=true' : '' });
        await client.opened();
        return client;
      }),
    );
    await server.admin.publish('debugged', { content: 'hello' });
    await server.admin.updateRoom('debugged', { name: 'renamed' });
    for (const client of seen) {
      client.send({ type: 'nonsense', ref: 'n' });
      client.send({ type: 'message', ref: 'm', data: { room_id: 'nowhere', content: 'x', debug: true } });
      client.send({ type: 'ping', data: { debug: true } });
      await client.until('all answers', () => client.frames.some(({ type }) => type === 'pong') && client.frames.some(({ data }) => data.event === 'room_updated'));
    }
    expect(seen.map(({ frames }) => frames.filter(({ type }) => type === 'connected').map(({ data }) => data.debug))).toEqual([[undefined], [false]]);
    const refused = seen.map(({ frames }) => frames.filter(({ data }) => data.code === 'FORBIDDEN'));
    expect(refused.map((frames) => frames.map(({ data }) => data.message))).toEqual([[], ['Debug mode needs a token with scope debug']]);
    const compared = (frame: Frame): boolean => frame.type !== 'client_status' && frame.type !== 'connected' && !refused[1].includes(frame);
    const shapes = seen.map(({ frames }) => frames.filter(compared).map(shapeOf).sort());
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[0].length).toBeGreaterThanOrEqual(5);
    seen.forEach((client) => client.socket.destroy());
  });

  function shapeOf(frame: Frame): string {
    return `${frame.type} ${Object.keys(frame).join()} ${Object.keys(frame.data).join()}`;
  }
});

describe('answers', () => {
  const MARK = 'echo-me-7f3a';

  it('of HTTP never echo what was sent', async () => {
    const headers = { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' };
    const requests: [string, string, string?][] = [
      ['GET', `/${MARK}`],
      ['GET', `/api/v1/${MARK}`],
      ['GET', `/api/v1/rooms/${MARK}`],
      ['GET', `/api/v1/rooms/${MARK}%0d%0a/members`],
      ['GET', `/api/v1/rooms?cursor=${MARK}`],
      ['GET', `/api/v1/rooms?limit=${MARK}`],
      ['GET', `/api/v1/rooms?${MARK}=1`],
      ['GET', `/api/v1/connections?client_id=%00${MARK}`],
      ['GET', `/api/v1/rooms/${ROUTES_ROOM}/messages?after=${MARK}`],
      ['GET', `/api/v1/rooms/${ROUTES_ROOM}/messages/${MARK}/receipts`],
      ['DELETE', `/api/v1/connections/${MARK}`],
      ['PUT', `/api/v1/bans/%20${MARK}`, '{"seconds":1}'],
      ['PUT', '/api/v1/bans/x', `{"seconds":"${MARK}"}`],
      ['PUT', '/api/v1/bans/x', `{"seconds":1,"reason":"\\u0000${MARK}"}`],
      ['POST', '/api/v1/rooms', `{"id":" ${MARK}"}`],
      ['POST', '/api/v1/rooms', `{"id":"x","members":["${MARK} "]}`],
      ['POST', '/api/v1/rooms', `{"id":"x","metadata":"${MARK}"}`],
      ['POST', '/api/v1/rooms', `{"${MARK}":`],
      ['POST', '/api/v1/rooms', `{"__proto__":{"${MARK}":1},"id":7}`],
      ['POST', `/api/v1/rooms/${ROUTES_ROOM}/messages`, `{"content":{"${MARK}":1}}`],
      ['POST', `/api/v1/rooms/${ROUTES_ROOM}/messages`, `{"content":"x","client_id":"${MARK} "}`],
      ['POST', '/api/v1/clients/somebody/notifications', `{"type":"${MARK.toUpperCase()}","data":{}}`],
      ['POST', '/api/v1/publish', `[{"room_id":"${MARK}","content":"x"},{"${MARK}":1},"${MARK}"]`],
      ['POST', '/api/v1/publish', `{"${MARK}":1}`],
    ];
    for (const [method, path, body] of requests) {
      const { status, text } = await ask(method, path, { ...(body === undefined ? { authorization: headers.authorization } : headers) }, body);
      expect({ request: `${method} ${path} ${body}`, echoes: text.toLowerCase().includes(MARK), status }).toEqual({
        request: `${method} ${path} ${body}`,
        echoes: false,
        status: expect.toSatisfy((code: number) => code < 500) as number,
      });
    }
  });

  it('to frames never echo what was sent, but for the ref', async () => {
    const client = new RawClient({ port: server.port, token: signToken({ sub: 'echo' }) });
    await client.opened();
    const frames: unknown[] = [
      MARK,
      `{"${MARK}":`,
      [MARK],
      { type: MARK },
      { type: { [MARK]: 1 } },
      { type: 'message', data: MARK },
      { type: 'message', data: { room_id: MARK, content: MARK, metadata: MARK } },
      { type: 'message', data: { room_id: MARK, content: MARK } },
      { type: 'message', data: { room_id: `${MARK} `, content: { [MARK]: 1 } } },
      { type: 'ack', data: { room_id: MARK, seq: MARK } },
      { type: 'presence', data: { status: MARK } },
      { type: 'token_refresh', data: { token: MARK } },
      { type: 'token_refresh', data: { token: [MARK] } },
      { type: 'ping', ref: { [MARK]: 1 } },
      { type: 'ping', ref: MARK.repeat(20) },
    ];
    for (const frame of frames) client.send(frame);
    await client.until('an answer to each', () => client.frames.length > frames.length - 1);
    const answers = client.frames.filter(({ type }) => type === 'error');
    expect(answers.length).toBeGreaterThanOrEqual(frames.length - 1);
    expect(JSON.stringify(answers)).not.toContain(MARK);
    client.socket.destroy();
  });
});

describe('the log and everything else that is written', () => {
  it('hold no token, wherever it stood and however it was malformed, and nor does any answer', async () => {
    const secrets: string[] = [];
    const answers: string[] = [];
    /** A token by which it can be found again: its claims and its signature are nobody else's. */
    const token = (claims: Partial<Parameters<typeof signToken>[0]> = {}): string => {
      const made = signToken({ sub: 'carrier', jti: `secret-${secrets.length}`, ...claims });
      secrets.push(...made.split('.').slice(1));
      return made;
    };
    const upgrade = async (head: string): Promise<void> => {
      const client = new RawClient({ port: server.port, request: head });
      await client.answered();
      if (client.status === 101) await client.opened();
      answers.push(JSON.stringify(client.frames));
      client.socket.destroy();
    };
    const flip = (made: string): string => {
      const wrong = `${made.slice(0, -8)}AAAAAAAA`;
      secrets.push(wrong.slice(-43));
      return wrong;
    };
    const variants = (): string[] => [token(), flip(token()), token({ exp: 1 }), token({ sub: 'not an id' }), `${token()}.${token()}`, `${token()}%0d%0aX`, `x${token()}`];

    for (const made of variants()) await upgrade(upgradeRequest({ token: made }));
    for (const made of variants()) await upgrade(upgradeRequest({ query: `token=${made}&token=${token()}&device=${token()}` }));
    for (const made of variants()) await upgrade(upgradeRequest({ headers: { Authorization: `Bearer ${made}` } }));
    for (const made of variants()) await upgrade(upgradeRequest({}).replace('chatapi.v1', `chatapi.v1, bearer.${made}`));
    for (const made of variants()) await upgrade(upgradeRequest({ token: made, headers: { Authorization: `Bearer ${token()}`, Origin: `https://${token()}`, Cookie: token() } }));
    for (const made of variants()) await upgrade(upgradeRequest({ token: made }).replace('GET /ws?', `GET /ws/${made}?`));
    await upgrade(upgradeRequest({ token: token() }).replace('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 7'));
    await upgrade(`GET /ws?token=${token()} HTTP/1.1\r\nbroken header ${token()}\r\n\r\n`);

    for (const made of variants()) {
      const wellFormed = encodeURIComponent(made);
      const headers = { authorization: `Bearer ${made.replaceAll('%0d%0a', '')}`, 'user-agent': token(), 'idempotency-key': token(), 'content-type': 'application/json' };
      answers.push((await ask('GET', '/api/v1/rooms', { authorization: headers.authorization })).text);
      answers.push((await ask('GET', `/api/v1/rooms?token=${wellFormed}`)).text);
      answers.push((await ask('GET', `/api/v1/rooms?cursor=${wellFormed}`, { authorization: headers.authorization })).text);
      answers.push((await ask('GET', `/${wellFormed}`)).text);
      answers.push((await ask('POST', '/api/v1/rooms/nowhere/messages', headers, `{"content":"${token()}"`)).text);
      answers.push((await ask('POST', '/api/v1/rooms/nowhere/messages', headers, JSON.stringify({ content: 'x', id: made, token: token() }))).text);
    }

    const client = await new RecordingClient(server, 'carrier', { token: token() }).connect();
    for (const made of [...variants(), token({ sub: 'another' })]) answers.push(JSON.stringify(await client.command('token_refresh', { token: made })));
    answers.push(JSON.stringify(await client.command('token_refresh', { token: [token()] })));
    answers.push(JSON.stringify(await client.command(token(), { token: token() })));
    client.send(`{"type":"token_refresh","data":{"token":"${token()}"`);
    client.webSocket.close(4000, `bearer ${token()}`.slice(0, 120));
    await client.ending();
    const browser = new WebSocket(`${server.origin.replace('http', 'ws')}/ws`, ['chatapi.v1', `bearer.${token()}`]);
    await new Promise((resolve) => browser.once('open', resolve));
    expect(browser.protocol).toBe('chatapi.v1');
    browser.terminate();

    expect(secrets.length).toBeGreaterThan(100);
    expect(lines.join('\n')).toContain('"client_id":"carrier"');
    const written = [['the log', lines.join('\n')], ['the answers', answers.join('\n')], ...(await filesIn(server.dataDir))];
    for (const [where, text] of written) expect({ where, leaked: secrets.filter((secret) => text.includes(secret.slice(0, 40))) }).toEqual({ where, leaked: [] });
  });

  it('cannot be forged: every line is one JSON object of the server itself', async () => {
    const FORGED = '{"level":30,"msg":"forged"}';
    const injections = [`\r\n${FORGED}\r\n`, `\n${FORGED}\n`, '\u001b[2J\u001b[31mforged', '\u009b31mforged', '\u2028forged', '\u202eforged', '"}\n', '\u0000forged', '\\n'];
    const admin = { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' };
    for (const injection of injections) {
      const encoded = encodeURIComponent(injection);
      const latin = injection.replace(/[\r\n\u0000]|[^\u0000-\u00ff]/gu, ' ');
      const heads = [
        upgradeRequest({ token: signToken({ sub: 'forger' }), query: `&device=${encoded}&ack=${encoded}&${encoded}=${encoded}` }),
        upgradeRequest({ token: signToken({ sub: 'forger' }), query: `&device=ok&other=${encoded}`, headers: { 'User-Agent': latin, 'X-Forwarded-For': latin, Origin: latin } }),
        upgradeRequest({ token: signToken({ sub: `forger${injection}` }) }),
        upgradeRequest({ token: signToken({ sub: 'forger', tenant: injection }) }),
        upgradeRequest({ token: signToken({ sub: 'forger', jti: injection, scope: injection }) }),
        upgradeRequest({ token: encoded }),
        upgradeRequest({}).replace('GET /ws', `GET /${encoded}`),
        upgradeRequest({ token: signToken({ sub: 'forger' }) }).replace('chatapi.v1', `chatapi.v1, ${latin}`),
      ];
      for (const head of heads) {
        const client = new RawClient({ port: server.port, request: Buffer.from(head, 'latin1') });
        await client.answered();
        if (client.status === 101 && !client.isOver) {
          await client.opened();
          for (const frame of [injection, { type: injection, ref: injection.slice(0, 60) }, { type: 'message', data: { room_id: injection, content: injection } }]) client.send(frame);
          client.send({ type: 'ping' });
          await client.until('pong', () => client.isOver || client.frames.some(({ type }) => type === 'pong'));
        }
        client.socket.destroy();
      }
      await ask('PUT', '/api/v1/bans/forged-upon', admin, JSON.stringify({ seconds: 60, reason: `a${injection}b` }));
      await ask('PUT', `/api/v1/bans/a${encoded}`, admin, JSON.stringify({ seconds: 60 }));
      await ask('POST', '/api/v1/rooms', admin, JSON.stringify({ id: `a${injection}`, name: injection, metadata: { [injection]: injection } }));
      await ask('PATCH', `/api/v1/rooms/${ROUTES_ROOM}`, admin, JSON.stringify({ name: `named ${injection}` }));
      await ask('GET', `/api/v1/rooms/${encoded}?${encoded}=${encoded}`, { ...admin, 'user-agent': latin.replace(/[\u0000-\u001f]/g, ' ') });
      await ask('GET', `/${encoded}`);
    }
    const closing = await new RecordingClient(server, 'forger').connect();
    closing.webSocket.close(4000, `\r\n${FORGED}`);
    await closing.ending();
    await server.stop();

    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      expect(line).not.toMatch(UNPRINTABLE);
      const entry = parsed(line);
      expect(entry).toMatchObject({ level: expect.any(Number) as number, time: expect.anything() as unknown });
      expect(JSON.stringify(entry.msg ?? '')).not.toContain('forged');
    }
    for (const [where, text] of await filesIn(join(server.dataDir, 'audit'))) {
      for (const line of text.split('\n').filter((it) => it !== '')) {
        expect({ where, line }).not.toMatchObject({ line: expect.stringMatching(UNPRINTABLE) as string });
        expect(parsed(line)).not.toHaveProperty('msg', 'forged');
      }
    }
  });

  /** What a terminal acts upon, or a reader takes for the end of a line. */
  const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

  function parsed(line: string): Record<string, unknown> {
    const entry = JSON.parse(line) as unknown;
    expect(entry).toBeTypeOf('object');
    return entry as Record<string, unknown>;
  }

  /** Names and contents of all files under a directory; none when it is not there. */
  async function filesIn(directory: string): Promise<[string, string][]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'latin1')]));
  }
});
