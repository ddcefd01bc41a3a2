// Who floods, or whom an administrator bans, is out: of every connection, of HTTP, after a restart; and nobody else is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import type { Frame } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';
import { ROUTES, ROUTES_ROOM } from './routes.js';

const LIMIT = 5;
const THRESHOLD = 4;
const CONTROL_LIMIT = 12;
const BAN_SECONDS = 30;

const strict = new ServerProcess({
  RATE_LIMIT_MAX: String(LIMIT),
  PUBLISH_RATE_LIMIT_MAX: String(LIMIT),
  CONTROL_RATE_LIMIT_MAX: String(CONTROL_LIMIT),
  BAN_THRESHOLD: String(THRESHOLD),
  BAN_SECONDS: String(BAN_SECONDS),
});
/** Where nobody is banned automatically, and which is ended and started again. */
const lenient = new ServerProcess({ RATE_LIMIT_MAX: String(LIMIT), CONTROL_RATE_LIMIT_MAX: String(CONTROL_LIMIT), BAN_THRESHOLD: '0' });

beforeAll(async () => {
  await Promise.all([strict.start(), lenient.start()]);
  await strict.admin.createRoom({ id: ROUTES_ROOM, members: ['somebody'] });
});
afterAll(() => Promise.all([strict.destroy(), lenient.destroy()]));

interface Ban {
  client_id: string;
  reason: string;
  banned_at: string;
  banned_until: string;
  banned_by: string | null;
}

const ban = (api: Api, clientId: string, body: object = { seconds: BAN_SECONDS }): ReturnType<typeof api.request<Ban>> =>
  api.request<Ban>('PUT', `/bans/${clientId}`, body);
const lift = async (api: Api, clientId: string): Promise<number> => (await api.request('DELETE', `/bans/${clientId}`)).status;
const bans = async (api: Api, query = ''): Promise<{ items: Ban[]; next_cursor?: string }> =>
  (await api.request<{ items: Ban[]; next_cursor?: string }>('GET', `/bans${query}`)).body;
const banOf = async (api: Api, clientId: string): Promise<Ban | undefined> => (await bans(api, '?limit=200')).items.find(({ client_id }) => client_id === clientId);

/** What a client that is banned for at most `seconds` is told. */
function banFrame(seconds: number, reason?: string): Frame {
  return {
    type: 'error',
    data: {
      code: 'CLIENT_BANNED',
      message: 'This client is banned',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      retry_after: expect.toSatisfy((left: number) => Number.isInteger(left) && left >= 1 && left <= seconds) as number,
      banned_until: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      ...(reason !== undefined && { reason }),
    },
  };
}

/** Sends so many messages, which no room takes. What they are answered with is of no interest. */
function flood(client: RecordingClient, count: number): void {
  for (let sent = 0; sent < count; sent++) client.send({ type: 'message', data: { room_id: 'nowhere', content: 'flood' } });
}

/** Resolves when the server has handled all that the client sent. */
async function handled(client: RecordingClient): Promise<void> {
  expect(await client.command('presence', { status: 'online' })).toMatchObject({ type: 'ack' });
}

/** Connects to be turned away; resolves with the frames that came before the close, and its code. */
async function turnedAway(server: ServerProcess, clientId: string): Promise<{ frames: Frame[]; code: number }> {
  const client = await new RecordingClient(server, clientId).connect();
  const { code } = await client.ending();
  return { frames: client.frames, code };
}

const letIn = async (server: ServerProcess, clientId: string): Promise<boolean> => {
  const client = await new RecordingClient(server, clientId).connect();
  await client.until('an answer', () => client.frames.length > 0);
  const [{ type }] = client.frames;
  client.webSocket.terminate();
  return type === 'connected';
};

describe('a client that goes on sending beyond its limit', () => {
  it('is banned: all its connections are told for how long, and closed with 4403', async () => {
    const name = 'flooder';
    const clients = [new RecordingClient(strict, name), new RecordingClient(strict, name, { device: 'phone' }), new RecordingClient(strict, name, { plain: true })];
    const namesake = new RecordingClient(strict, name, { token: signToken({ sub: name, tenant: 'elsewhere' }) });
    const neighbour = new RecordingClient(strict, `${name}2`);
    await Promise.all([...clients, namesake, neighbour].map((client) => client.connect()));
    flood(clients[0], LIMIT + THRESHOLD + 20);
    for (const client of clients) {
      expect((await client.ending()).code).toBe(4403);
      expect(client.frames.at(-1)).toEqual(banFrame(BAN_SECONDS, 'rate limit exceeded'));
    }
    expect(clients[0].frames.filter(({ data }) => data.code === 'RATE_LIMIT_EXCEEDED')).toHaveLength(THRESHOLD - 1);
    for (const other of [namesake, neighbour]) {
      await handled(other);
      expect(other.closed).toBeUndefined();
    }
    expect(await banOf(strict.admin, name)).toMatchObject({ reason: 'rate limit exceeded', banned_by: null });
  });

  it('is told so and closed when it comes back, however it comes', async () => {
    const name = 'returning';
    const client = await new RecordingClient(strict, name).connect();
    flood(client, LIMIT + THRESHOLD);
    await client.ending();
    expect(await turnedAway(strict, name)).toEqual({ frames: [banFrame(BAN_SECONDS, 'rate limit exceeded')], code: 4403 });
    const plain = await new RecordingClient(strict, name, { plain: true, device: 'new', token: signToken({ sub: name, scope: 'publish' }) }).connect();
    expect((await plain.ending()).code).toBe(4403);
    expect((await strict.api(signToken({ sub: name })).request('GET', '/rooms')).body).toMatchObject({ status: 403, code: 'CLIENT_BANNED', reason: 'rate limit exceeded' });
  });

  it('is not banned one frame before the threshold, and over HTTP as over a socket', async () => {
    const name = 'both-ways';
    const client = await new RecordingClient(strict, name).connect();
    flood(client, LIMIT + THRESHOLD - 1);
    await handled(client);
    expect(client.closed).toBeUndefined();
    expect((await strict.api(signToken({ sub: name })).publish('nowhere', { content: 'flood' })).status).toBe(429);
    expect((await client.ending()).code).toBe(4403);
  });

  it('is not banned for the pongs that the server asks for, however many', async () => {
    const name = 'answers-every-ping';
    await strict.admin.createRoom({ id: name, members: [name] });
    const client = await new RecordingClient(strict, name).connect();
    let asked = 0;
    client.webSocket.on('ping', () => asked++);
    for (let round = 0; round < CONTROL_LIMIT + THRESHOLD; round++) {
      const backend = signToken({ sub: `backend-${round}`, scope: 'publish' });
      expect((await strict.api(backend).publish(name, { content: String(round) })).status).toBe(201);
      await eventually('a ping', () => asked > round);
    }
    expect(await client.command('presence', { status: 'away' })).toMatchObject({ type: 'ack' });
  });

  it.each([
    ['acknowledgements', (client: RecordingClient) => client.send({ type: 'ack', data: { room_id: 'nowhere', seq: 1 } })],
    ['pings of chatapi.v1', (client: RecordingClient) => client.send({ type: 'ping' })],
    ['pings of the protocol', (client: RecordingClient) => client.webSocket.ping('flood')],
    ['pongs of the protocol', (client: RecordingClient) => client.webSocket.pong('flood')],
    ['token refreshes', (client: RecordingClient) => client.send({ type: 'token_refresh', data: { token: 'bad' } })],
  ])('is banned for %s too', async (what, send) => {
    const name = `control-${what.replaceAll(' ', '-')}`;
    const client = await new RecordingClient(strict, name).connect();
    for (let sent = 0; sent < CONTROL_LIMIT + THRESHOLD - 1; sent++) send(client);
    client.send('no frame: answered when all before it is handled');
    await client.next('INVALID_FRAME', ({ data }) => data?.code === 'INVALID_FRAME');
    expect(client.closed).toBeUndefined();
    send(client);
    expect((await client.ending()).code).toBe(4403);
    expect(client.frames.at(-1)).toEqual(banFrame(BAN_SECONDS, 'rate limit exceeded'));
  });

  it.each(['publish', 'admin'])('is never banned automatically when its token has the scope %s', async (scope) => {
    const name = `trusted-${scope}`;
    const token = signToken({ sub: name, scope });
    const client = await new RecordingClient(strict, name, { token }).connect();
    flood(client, LIMIT + 5 * THRESHOLD);
    for (let sent = 0; sent < CONTROL_LIMIT + 5 * THRESHOLD; sent++) client.send({ type: 'presence', data: { status: 'away' } });
    expect(await client.command('message', { room_id: ROUTES_ROOM, content: 'still here' })).toMatchObject({ data: { code: 'RATE_LIMIT_EXCEEDED' } });
    const items = Array.from({ length: 5 * THRESHOLD }, () => ({ room_id: ROUTES_ROOM, content: 'flood' }));
    expect((await strict.api(token).publishAll(items)).status).toBe(429);
    expect(await banOf(strict.admin, name)).toBeUndefined();
    await client.closeCleanly();
  });

  it('is not banned with BAN_THRESHOLD=0', async () => {
    const client = await new RecordingClient(lenient, 'tolerated').connect();
    flood(client, LIMIT + 300);
    for (let sent = 0; sent < CONTROL_LIMIT + 300; sent++) client.send({ type: 'ping' });
    expect(await client.command('presence', { status: 'away' })).toMatchObject({ data: { code: 'RATE_LIMIT_EXCEEDED' } });
    expect(await bans(lenient.admin)).toEqual({ items: [] });
    expect(await letIn(lenient, 'tolerated')).toBe(true);
  });
});

describe('an administrator', () => {
  it('bans a client that never was here or that is connected, with a reason, in place of an earlier ban', async () => {
    const name = 'named';
    const first = await ban(strict.admin, name, { seconds: 600, reason: 'spam' });
    expect(first).toMatchObject({ status: 200, body: { client_id: name, reason: 'spam', banned_by: 'admin' } });
    expect(Date.parse(first.body.banned_until) - Date.parse(first.body.banned_at)).toBe(600_000);
    expect(await turnedAway(strict, name)).toEqual({ frames: [banFrame(600, 'spam')], code: 4403 });
    expect(await lift(strict.admin, name)).toBe(204);

    const client = await new RecordingClient(strict, name).connect();
    await ban(strict.admin, name, { seconds: 60 });
    expect((await client.ending()).code).toBe(4403);
    expect(client.frames.at(-1)).toEqual(banFrame(60));
    expect(await ban(strict.admin, name, { seconds: 60, reason: null })).toMatchObject({ status: 200, body: { reason: '' } });
    await ban(strict.admin, name, { seconds: 2.5, reason: 'Größe 📏' });
    expect((await turnedAway(strict, name)).frames).toEqual([banFrame(3, 'Größe 📏')]);
    expect(await lift(strict.admin, name)).toBe(204);
    expect(await lift(strict.admin, name)).toBe(204);
    expect(await letIn(strict, name)).toBe(true);
  });

  it('sees the bans of the own tenant in pages, and nobody else touches them', async () => {
    const [here, there] = [strict.api(adminToken('pages')), strict.api(adminToken('other-pages'))];
    const names = Array.from({ length: 7 }, (_, index) => `paged-${index}`);
    for (const name of names) await ban(here, name);
    const seen: string[] = [];
    let query = '?limit=3';
    for (let page = 0; page < 3; page++) {
      const { items, next_cursor: cursor } = await bans(here, query);
      seen.push(...items.map(({ client_id }) => client_id));
      query = `?limit=3&cursor=${cursor}`;
      expect(cursor === undefined).toBe(page === 2);
    }
    expect(seen).toEqual(names);
    expect(await bans(there)).toEqual({ items: [] });
    expect(await lift(there, 'paged-0')).toBe(204);
    expect((await bans(here, '?limit=200')).items).toHaveLength(7);
    expect((await here.request('GET', '/bans?cursor=paged-0')).status).toBe(400);
    expect((await here.request('GET', '/bans?limit=0')).status).toBe(400);
  });

  it.each([
    ['no seconds', '{}'],
    ['zero seconds', '{"seconds":0}'],
    ['negative seconds', '{"seconds":-5}'],
    ['text for seconds', '{"seconds":"60"}'],
    ['infinite seconds', '{"seconds":1e999}'],
    ['more than ten years', '{"seconds":315360001}'],
    ['null for seconds', '{"seconds":null}'],
    ['a list for seconds', '{"seconds":[60]}'],
    ['a line break in the reason', '{"seconds":60,"reason":"a\\r\\n{\\"msg\\":\\"forged\\"}"}'],
    ['an escape character in the reason', '{"seconds":60,"reason":"\\u001b[31mred"}'],
    ['a change of direction in the reason', '{"seconds":60,"reason":"a\\u202eb"}'],
    ['an isolate in the reason', '{"seconds":60,"reason":"a\\u2066b"}'],
    ['a line separator in the reason', '{"seconds":60,"reason":"a\\u2028b"}'],
    ['a zero-width character in the reason', '{"seconds":60,"reason":"a\\u200bb"}'],
    ['half a character in the reason', '{"seconds":60,"reason":"a\\ud800b"}'],
    ['NUL in the reason', '{"seconds":60,"reason":"a\\u0000b"}'],
    ['a reason too long', JSON.stringify({ seconds: 60, reason: 'x'.repeat(257) })],
    ['a reason that is no text', '{"seconds":60,"reason":{"$ne":1}}'],
    ['a list for a body', '[]'],
    ['no JSON', '{"seconds":60'],
  ])('is refused a ban with %s', async (_what, body) => {
    const response = await fetch(`${strict.origin}/api/v1/bans/bad-body`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(text).not.toMatch(/forged|\[31m|\$ne|xxxx/);
    expect(await banOf(strict.admin, 'bad-body')).toBeUndefined();
  });

  it.each(['a%20b', '..%2Fbans', 'x'.repeat(129), '-dash', 'a%0d%0ab', 'a%00'])('is refused a ban of what is no client id: %s', async (id) => {
    expect((await ban(strict.admin, id)).status).toBe(400);
  });

  it('cannot ban the own client, not even by another token of it', async () => {
    expect((await ban(strict.admin, 'admin')).body).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect((await ban(strict.api(signToken({ sub: 'admin', scope: 'admin publish' })), 'admin')).status).toBe(400);
    expect((await ban(strict.api(adminToken('self')), 'admin')).status).toBe(400);
    expect((await strict.admin.request('GET', '/rooms')).status).toBe(200);
  });

  it('who is banned by another one is out of every route', async () => {
    const operator = strict.api(signToken({ sub: 'operator', scope: 'admin publish' }));
    expect((await operator.request('GET', '/rooms')).status).toBe(200);
    await ban(strict.admin, 'operator');
    for (const { method, path, body } of ROUTES) {
      const answer = await operator.request<{ code: string; retry_after: number }>(method, path, body);
      expect({ method, path, status: answer.status, code: answer.body.code }).toEqual({ method, path, status: 403, code: 'CLIENT_BANNED' });
      expect(answer.headers.get('retry-after')).toBe(String(answer.body.retry_after));
      expect(answer.body.retry_after).toSatisfy((left: number) => left >= 1 && left <= BAN_SECONDS);
    }
    expect((await operator.request('DELETE', '/bans/operator')).status).toBe(403);
  });

  it('whose ban has ended by time lets the client in without anybody lifting it', async () => {
    const { body } = await ban(strict.admin, 'for-a-second', { seconds: 1 });
    const [{ data }] = (await turnedAway(strict, 'for-a-second')).frames;
    expect(data.banned_until).toBe(body.banned_until);
    await eventually('the end of the ban', () => letIn(strict, 'for-a-second'));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(body.banned_until));
    expect((await strict.api(signToken({ sub: 'for-a-second' })).request('GET', '/rooms')).status).toBe(200);
    expect(await banOf(strict.admin, 'for-a-second')).toBeUndefined();
  });
});

describe('after the server was ended and started again', () => {
  it('a ban that was answered is in force, by SIGKILL and in order; a lifted one is not', async () => {
    await ban(lenient.admin, 'lifted');
    const { body } = await ban(lenient.admin, 'kept', { seconds: 600, reason: 'kept' });
    await lift(lenient.admin, 'lifted');
    await lenient.kill();
    await lenient.start();
    expect(await bans(lenient.admin)).toEqual({ items: [body] });
    await lenient.restart();
    expect(await bans(lenient.admin)).toEqual({ items: [body] });
    expect(await turnedAway(lenient, 'kept')).toEqual({ frames: [banFrame(600, 'kept')], code: 4403 });
    expect(await letIn(lenient, 'lifted')).toBe(true);
  });

  it('an automatic ban is in force', async () => {
    const client = await new RecordingClient(strict, 'flooder-before').connect();
    flood(client, LIMIT + THRESHOLD);
    await client.ending();
    const before = await banOf(strict.admin, 'flooder-before');
    await strict.restart();
    expect(await banOf(strict.admin, 'flooder-before')).toEqual(before);
    expect((await turnedAway(strict, 'flooder-before')).code).toBe(4403);
  });
});
