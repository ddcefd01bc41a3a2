// How connections end in time: with their token, their lifetime, or an administrator; and nothing that was sent is lost by it.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.js';
import type { Frame } from '../support/frame.js';
import { RecordingClient, type RecordingClientOptions } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, type Claims, signToken } from '../support/tokens.js';

const EXPIRING_SECONDS = 2;
const LIFETIME_SECONDS = 6;
/** By so much a lifetime may be shorter; and what the test's clock and the server's may be apart, ms. */
const SHORTEST_LIFETIME_MS = LIFETIME_SECONDS * 900 - 20;
/** Clients whose connections begin together. */
const CROWD = 50;
const PUBLISH_INTERVAL_MS = 3;

const server = new ServerProcess({
  JWT_CLOCK_TOLERANCE_SECONDS: '0',
  TOKEN_EXPIRING_SECONDS: String(EXPIRING_SECONDS),
  MAX_CONNECTION_LIFETIME_SECONDS: '0',
});
const shortLived = new ServerProcess({ MAX_CONNECTION_LIFETIME_SECONDS: String(LIFETIME_SECONDS) });

beforeAll(() => Promise.all([server.start(), shortLived.start()]));
afterAll(() => Promise.all([server.destroy(), shortLived.destroy()]));

/** Seconds since the epoch, as tokens have it, at least so many from now. */
const inSeconds = (seconds: number): number => Math.ceil(Date.now() / 1000) + seconds;

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

const connect = (clientId: string, claims: Partial<Claims> = {}, options: RecordingClientOptions = {}, at = server): Promise<RecordingClient> =>
  new RecordingClient(at, clientId, { ...options, token: signToken({ sub: clientId, ...claims }) }).connect();

const refresh = (client: RecordingClient, claims: Claims): Promise<Frame> => client.command('token_refresh', { token: signToken(claims) });

const isType = (type: string) => (frame: Frame) => frame.type === type;

/** Publishes one message after another until it is stopped. */
class Publishing {
  private readonly published: string[] = [];
  private isStopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly api: Api,
    private readonly room: string,
  ) {
    this.done = this.run();
  }

  /** Resolves when the client has got every message, on whatever connection, and each in its order. */
  async allReached(client: RecordingClient): Promise<void> {
    this.isStopped = true;
    await this.done;
    const got = (): Set<unknown> => new Set(client.frames.filter(isType('message')).map(({ data }) => data.content));
    await client.until('all that was published', () => got().size >= this.published.length);
    expect([...got()]).toEqual(this.published);
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const content = `message ${this.published.length}`;
      expect((await this.api.publish(this.room, { content })).status).toBe(201);
      this.published.push(content);
      await delay(PUBLISH_INTERVAL_MS);
    }
  }
}

describe.concurrent('a token that expires', () => {
  it('ends its idle connections with 4401, v1 ones told ahead of time; what is sent meanwhile comes on the next', async () => {
    const exp = inSeconds(3);
    const clients = await Promise.all([connect('idle', { exp }), connect('idle', { exp }, { plain: true, device: 'plain' })]);
    await server.admin.createRoom({ id: 'idle', members: ['idle'] });
    const publishing = new Publishing(server.admin, 'idle');
    for (const client of clients) {
      expect((await client.ending()).code).toBe(4401);
      expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
      expect(client.frames.filter(isType('error'))).toEqual([
        { type: 'error', data: { code: 'CONNECTION_ERROR', message: 'The token has expired', timestamp: expect.any(String) as string } },
      ]);
    }
    const [v1, plain] = clients;
    expect(v1.frames.filter(isType('token_expiring'))).toEqual([{ type: 'token_expiring', data: { expires_at: iso(exp) } }]);
    expect(plain.frames.map(({ type }) => type)).not.toContain('token_expiring');
    expect((await (await new RecordingClient(server, 'idle', { token: signToken({ sub: 'idle', exp }) }).connect()).ending()).code).toBe(4401);

    const next = new RecordingClient(server, 'idle');
    await next.connect();
    next.received.unshift(...v1.received);
    await publishing.allReached(next);
  });

  it('ends the connection that a refresh gave an earlier end, not the one that it gave a later end', async () => {
    const exp = inSeconds(3);
    const [later, earlier, witness] = await Promise.all([connect('later', { exp }), connect('earlier'), connect('witness', { exp })]);
    const newEnd = inSeconds(3600);
    expect(await refresh(later, { sub: 'later', exp: newEnd })).toMatchObject({ type: 'ack', ref: '1', data: { expires_at: iso(newEnd) } });
    expect(await refresh(earlier, { sub: 'earlier', exp })).toMatchObject({ type: 'ack', data: { expires_at: iso(exp) } });
    expect([(await witness.ending()).code, (await earlier.ending()).code]).toEqual([4401, 4401]);
    expect(earlier.frames.map(({ type }) => type)).toContain('token_expiring');
    expect(await later.command('presence', { status: 'away' })).toMatchObject({ type: 'ack' });
    expect(later.frames.map(({ type }) => type)).not.toContain('token_expiring');
  });

  it('ends the connection whose refresh was refused', async () => {
    const exp = inSeconds(2);
    const client = await connect('unmoved', { exp });
    expect(await refresh(client, { sub: 'somebody-else' })).toMatchObject({ data: { code: 'FORBIDDEN' } });
    expect(await client.command('token_refresh', { token: 'rubbish' })).toMatchObject({ data: { code: 'CONNECTION_ERROR' } });
    expect((await client.ending()).code).toBe(4401);
  });

  it('that is told of once is told of again when its successor nears its end', async () => {
    const client = await connect('twice', { exp: inSeconds(EXPIRING_SECONDS) });
    await client.next('token_expiring', isType('token_expiring'));
    const exp = inSeconds(EXPIRING_SECONDS + 1);
    await refresh(client, { sub: 'twice', exp });
    expect((await client.next('token_expiring', isType('token_expiring'))).data).toEqual({ expires_at: iso(exp) });
    expect((await client.ending()).code).toBe(4401);
  });
});

describe.concurrent('the lifetime of a connection', () => {
  it('ends with 4001, after `reconnect` for v1, not for all at once; what is sent meanwhile comes on the next', async () => {
    const names = Array.from({ length: CROWD }, (_, index) => `crowd-${index}`);
    await shortLived.admin.createRoom({ id: 'crowd', members: ['crowd-0', 'crowd-1'] });
    const begunAt = performance.now();
    const crowd = await Promise.all(names.map((name, index) => connect(name, {}, { plain: index % 2 === 1 }, shortLived)));
    const publishing = new Publishing(shortLived.admin, 'crowd');
    const endings = await Promise.all(
      crowd.map(async (client, index) => {
        const { code } = await client.ending();
        const endedAt = performance.now();
        if (index < 2) await client.connect();
        return { code, endedAt };
      }),
    );
    expect(new Set(endings.map(({ code }) => code))).toEqual(new Set([4001]));
    for (const { endedAt } of endings) expect(endedAt - begunAt).toBeGreaterThan(SHORTEST_LIFETIME_MS);
    const times = endings.map(({ endedAt }) => endedAt);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(250);
    for (const [index, client] of crowd.entries()) {
      const told = client.frames.filter(isType('reconnect'));
      if (index % 2 === 1) expect(told).toEqual([]);
      else expect(told).toEqual([{ type: 'reconnect', data: { reason: 'lifetime reached', after_ms: expect.any(Number) as number } }]);
    }
    expect(new Set(crowd.map(({ frames }) => frames.find(isType('reconnect'))?.data.after_ms)).size).toBeGreaterThan(2);
    await publishing.allReached(crowd[0]);
    await publishing.allReached(crowd[1]);
  });
});

describe('token_refresh', () => {
  it('gives and takes scopes', async () => {
    await server.admin.createRoom({ id: 'foreign', members: ['owner'] });
    const client = await connect('scoped');
    const say = (): Promise<Frame> => client.command('message', { room_id: 'foreign', content: 'hello' });
    expect(await say()).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
    expect(await refresh(client, { sub: 'scoped', scope: 'publish' })).toMatchObject({ type: 'ack' });
    expect(await say()).toMatchObject({ type: 'ack', data: { seq: 1 } });
    expect(await refresh(client, { sub: 'scoped' })).toMatchObject({ type: 'ack' });
    expect(await say()).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
  });

  it.each([
    ['of another client', 'FORBIDDEN', signToken({ sub: 'victim', scope: 'publish' })],
    ['of another tenant', 'FORBIDDEN', signToken({ sub: 'refused', tenant: 'elsewhere', scope: 'publish' })],
    ['of a client id that differs in case', 'FORBIDDEN', signToken({ sub: 'Refused', scope: 'publish' })],
    ['that has expired', 'CONNECTION_ERROR', signToken({ sub: 'refused', scope: 'publish', exp: inSeconds(-60) })],
    ['signed with another secret', 'CONNECTION_ERROR', signToken({ sub: 'refused', scope: 'publish' }, 'another secret of thirty-two bytes')],
    ['without a signature', 'CONNECTION_ERROR', signToken({ sub: 'refused', scope: 'publish' }).replace(/[^.]*$/, '')],
    ['that is no token', 'CONNECTION_ERROR', 'rubbish'],
    ['that is empty', 'VALIDATION_ERROR', ''],
    ['that is no text', 'VALIDATION_ERROR', { sub: 'refused' }],
  ])('by a token %s is refused (%s), and the connection stays as it was', async (_what, code, token) => {
    await server.admin.createRoom({ id: 'refused', members: ['refused'] });
    await server.admin.createRoom({ id: 'not-for-refused', members: ['victim'] });
    const client = await connect('refused');
    expect(await client.command('token_refresh', { token })).toMatchObject({ type: 'error', data: { code } });
    expect(await client.command('message', { room_id: 'not-for-refused', content: 'hello' })).toMatchObject({ data: { code: 'ROOM_NOT_FOUND' } });
    const sent = await client.command('message', { room_id: 'refused', content: 'still me' });
    expect(sent).toMatchObject({ type: 'ack', data: { client_id: 'refused' } });
    await client.next('its own message', ({ data }) => data?.content === 'still me');
    await client.closeCleanly();
  });

  it('by a token that ends after all calendars is taken, and operators still see the connection', async () => {
    const client = await connect('for-ever', { tenant: 'eternity' });
    expect(await refresh(client, { sub: 'for-ever', tenant: 'eternity', exp: Number.MAX_SAFE_INTEGER })).toMatchObject({ type: 'ack' });
    const { status, body } = await server.api(adminToken('eternity')).request<{ items: unknown[] }>('GET', '/connections');
    expect([status, body.items]).toMatchObject([200, [{ client_id: 'for-ever' }]]);
  });
});

describe('an administrator', () => {
  interface Listed {
    id: string;
    client_id: string;
    device: string;
  }
  const list = async (api: Api, query = ''): Promise<{ items: Listed[]; next_cursor?: string }> =>
    (await api.request<{ items: Listed[]; next_cursor?: string }>('GET', `/connections${query}`)).body;
  const idOf = async (client: RecordingClient): Promise<string> => {
    await client.until('connected', () => client.framesOfConnection.length > 0);
    return String(client.framesOfConnection[0].data.connection_id);
  };
  const CLOSED = [{ type: 'reconnect', data: { reason: 'closed by an administrator', after_ms: 0 } }];

  it('closes one connection with 4001, and what is sent meanwhile comes on the next', async () => {
    await server.admin.createRoom({ id: 'closed', members: ['closed'] });
    const [client, other] = await Promise.all([connect('closed', {}, { device: 'one' }), connect('closed', {}, { device: 'two' })]);
    const publishing = new Publishing(server.admin, 'closed');
    await client.next('a message', isType('message'));
    expect((await server.admin.request('DELETE', `/connections/${await idOf(client)}`)).status).toBe(204);
    expect((await client.ending()).code).toBe(4001);
    expect(client.frames.filter(isType('reconnect'))).toEqual(CLOSED);
    expect(other.isOpen).toBe(true);
    await client.connect();
    await publishing.allReached(client);
    await publishing.allReached(other);
  });

  it('closes all connections of a client, of the own tenant alone', async () => {
    const mine = await Promise.all(['one', 'two'].map((device) => connect('all', {}, { device })));
    const plain = await connect('all', {}, { plain: true });
    const others = [await connect('all', { tenant: 'elsewhere' }), await connect('all2')];
    expect((await server.admin.request('DELETE', '/clients/all/connections')).status).toBe(204);
    for (const client of [...mine, plain]) expect((await client.ending()).code).toBe(4001);
    for (const client of mine) expect(client.frames.filter(isType('reconnect'))).toEqual(CLOSED);
    expect(plain.frames).toEqual([]);
    for (const client of others) expect(await client.command('presence', { status: 'away' })).toMatchObject({ type: 'ack' });
    expect((await server.admin.request('DELETE', '/clients/all/connections')).status).toBe(204);
    expect((await server.admin.request('DELETE', '/clients/nobody-ever/connections')).status).toBe(204);
  });

  it('of another tenant can neither close a connection nor learn that it is there', async () => {
    const client = await connect('guarded');
    const stranger = server.api(adminToken('elsewhere'));
    const [foreign, unknown] = [await idOf(client), '00000000-0000-4000-8000-000000000000'];
    const [one, other] = await Promise.all([foreign, unknown].map((id) => stranger.request<{ code: string }>('DELETE', `/connections/${id}`)));
    expect([one.status, one.body.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
    expect(one.body).toEqual(other.body);
    expect((await stranger.request('DELETE', '/clients/guarded/connections')).status).toBe(204);
    for (const id of ['..%2F..', 'a%0d%0ab', 'x'.repeat(129)]) expect((await server.admin.request('DELETE', `/connections/${id}`)).status).toBe(404);
    expect(await client.command('presence', { status: 'away' })).toMatchObject({ type: 'ack' });
  });

  it('sees the connections of the own tenant in pages, those of one client when asked', async () => {
    const api = server.api(adminToken('listed'));
    const clients = await Promise.all(Array.from({ length: 5 }, (_, index) => connect(`listed-${index % 2}`, { tenant: 'listed' }, { device: `d${index}` })));
    await connect('listed-0', { tenant: 'other-listed' });
    const ids = await Promise.all(clients.map(idOf));
    const seen: Listed[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(api, `?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen.map(({ id }) => id)).toEqual([...ids].sort());
    expect((await list(api, '?client_id=listed-1')).items.map(({ device }) => device).sort()).toEqual(['d1', 'd3']);
    expect(await list(api, '?client_id=nobody')).toEqual({ items: [] });
    expect((await api.request('GET', '/connections?client_id=a%0ab')).status).toBe(400);
    expect(seen.find(({ device }) => device === 'd0')).toEqual({
      id: ids[0],
      client_id: 'listed-0',
      device: 'd0',
      address: expect.stringContaining('127.0.0.1') as string,
      transport: 'websocket',
      control_frames: true,
      acknowledgement: 'transport',
      connected_at: expect.stringMatching(/Z$/) as string,
      token_expires_at: expect.stringMatching(/Z$/) as string,
      buffered_bytes: 0,
    });
  });
});
