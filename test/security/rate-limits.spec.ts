// The limit on what clients send, attacked from outside: reconnecting, other devices, HTTP, bursts at the edge, random schedules.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../faults/random.js';
import type { BulkOutcome } from '../support/api.js';
import type { Frame } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';
import { judge, type Sending } from './limits/schedule-judge.js';

const LIMIT = 10;
/** Of the servers where a test waits for it to pass. */
const WINDOW_MS = 2_000;
const HOLDING_WINDOW_MS = 3_000;
/** Of the server where none does. */
const LONG_WINDOW_MS = 60_000;
const CONTROL_LIMIT = 12;
const PUBLISH_LIMIT = 20;
const HELD_MAX = 5;

/** Random schedules, all at once, each of a client of its own. */
const SCHEDULES = 30;
const SCHEDULE_MS = 2.5 * WINDOW_MS;

const limits = (windowMs: number): Record<string, string> => ({
  RATE_LIMIT_MAX: String(LIMIT),
  RATE_LIMIT_WINDOW_SECONDS: String(windowMs / 1000),
  BAN_THRESHOLD: '0',
});
const dropping = new ServerProcess({
  ...limits(LONG_WINDOW_MS),
  CONTROL_RATE_LIMIT_MAX: String(CONTROL_LIMIT),
  PUBLISH_RATE_LIMIT_MAX: String(PUBLISH_LIMIT),
});
const sliding = new ServerProcess(limits(WINDOW_MS));
const holding = new ServerProcess({
  ...limits(HOLDING_WINDOW_MS),
  RATE_LIMIT_OVERFLOW: 'queue',
  RATE_LIMIT_QUEUE_MAX: String(HELD_MAX),
  PUBLISH_RATE_LIMIT_MAX: '0',
});
const servers = [dropping, sliding, holding];

beforeAll(() => Promise.all(servers.map((server) => server.start())));
afterAll(() => Promise.all(servers.map((server) => server.destroy())));

/** A new client that is the only member of the room of its own name. */
async function loner(server: ServerProcess, name: string, ...others: string[]): Promise<string> {
  await server.admin.createRoom({ id: name, members: [name, ...others] });
  return name;
}

const say = (client: RecordingClient, room_id: string, content = 'hello'): Promise<Frame> => client.command('message', { room_id, content });

/** Sends messages until the limit is reached; all of them are accepted. */
async function fill(client: RecordingClient, room: string, count = LIMIT): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => say(client, room, `filling ${index}`)));
  expect(answers.map(({ type }) => type)).toEqual(Array.from({ length: count }, () => 'ack'));
}

const REFUSED = { code: 'RATE_LIMIT_EXCEEDED', message: 'Message rate limit exceeded', retry_after: expect.toSatisfy(isWholeSecondOfTheWindow) as number };

function isWholeSecondOfTheWindow(seconds: unknown): boolean {
  return Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) * 1000 <= LONG_WINDOW_MS;
}

describe('a message beyond the limit', () => {
  it('is answered with the error frame of the specification and nothing else, with the ref beside it', async () => {
    const room = await loner(dropping, 'exact');
    const client = await new RecordingClient(dropping, room).connect();
    await fill(client, room);
    expect(await say(client, room)).toEqual({ type: 'error', ref: String(LIMIT + 1), data: REFUSED });
    client.send({ type: 'message', data: { room_id: room, content: 'without a ref' } });
    expect(await client.next('an error without ref', (frame) => frame.type === 'error' && frame.ref === undefined)).toEqual({ type: 'error', data: REFUSED });
    await client.closeCleanly();
    expect((await dropping.admin.room(room)).body.last_seq).toBe(LIMIT);
  });

  it('is refused after a reconnection, on another device, a second connection, without the subprotocol and over HTTP', async () => {
    const room = await loner(dropping, 'everywhere');
    const first = await new RecordingClient(dropping, room).connect();
    await fill(first, room, 4);
    await first.closeCleanly();
    await first.connect();
    const phone = await new RecordingClient(dropping, room, { device: 'phone' }).connect();
    await fill(phone, room, 3);
    const http = dropping.api(signToken({ sub: room, jti: 'another token' }));
    for (const left of [2, 1, 0]) {
      const { status, headers } = await http.publish(room, { content: 'over HTTP' });
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([201, String(LIMIT), String(left)]);
      // Seconds until another one fits.
      if (left > 0) expect(headers.get('x-ratelimit-reset')).toBe('0');
      else expect(headers.get('x-ratelimit-reset')).toSatisfy((seconds) => isWholeSecondOfTheWindow(Number(seconds)));
    }
    await first.cut();
    await first.connect();
    const plain = await new RecordingClient(dropping, room, { plain: true, device: 'plain' }).connect();
    for (const client of [first, phone, plain]) expect(await say(client, room)).toMatchObject({ type: 'error', data: REFUSED });
    const refused = await http.publish(room, { content: 'one too many' });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED', retry_after: REFUSED.retry_after });
    expect(refused.headers.get('retry-after')).toBe(String((refused.body as unknown as { retry_after: number }).retry_after));
    expect((await dropping.admin.room(room)).body.last_seq).toBe(LIMIT);
  });

  it('touches neither another client of the room nor the same id in another tenant', async () => {
    const room = await loner(dropping, 'shared', 'shared-other');
    await dropping.api(adminToken('elsewhere')).createRoom({ id: room, members: [room] });
    const [one, other] = await Promise.all([new RecordingClient(dropping, room).connect(), new RecordingClient(dropping, 'shared-other').connect()]);
    const namesake = await new RecordingClient(dropping, room, { token: signToken({ sub: room, tenant: 'elsewhere' }) }).connect();
    await fill(one, room);
    expect(await say(one, room)).toMatchObject({ data: REFUSED });
    await fill(other, room);
    await fill(namesake, room);
    expect(await say(namesake, room)).toMatchObject({ data: REFUSED });
  });

  it('counts whatever its type of failure: messages that no room takes are messages too', async () => {
    const client = await new RecordingClient(dropping, 'prober').connect();
    const answers = await Promise.all(Array.from({ length: LIMIT + 1 }, (_, index) => say(client, `guess-${index}`)));
    expect(answers.map(({ data }) => data.code)).toEqual([...Array.from({ length: LIMIT }, () => 'ROOM_NOT_FOUND'), 'RATE_LIMIT_EXCEEDED']);
  });
});

describe('control frames', () => {
  it('do not count as messages, and messages do not count as control frames', async () => {
    const room = await loner(dropping, 'apart');
    const client = await new RecordingClient(dropping, room).connect();
    for (const status of ['away', 'online', 'away']) expect(await client.command('presence', { status })).toMatchObject({ type: 'ack' });
    await fill(client, room);
    expect(await client.command('presence', { status: 'online' })).toMatchObject({ type: 'ack' });
  });

  it('have a limit of their own over all connections; a ping beyond it is not answered by a pong', async () => {
    const room = await loner(dropping, 'chatty');
    const [one, two] = [await new RecordingClient(dropping, room).connect(), await new RecordingClient(dropping, room, { device: 'two' }).connect()];
    const acks = await Promise.all(Array.from({ length: CONTROL_LIMIT - 1 }, (_, index) => (index % 2 ? one : two).command('ack', { room_id: room, seq: 0 })));
    expect(acks.map(({ type }) => type)).toEqual(Array.from({ length: CONTROL_LIMIT - 1 }, () => 'ack'));
    const pongs: string[] = [];
    one.webSocket.on('pong', (payload: Buffer) => pongs.push(payload.toString()));
    one.webSocket.ping('fits');
    one.webSocket.ping('too many');
    for (const client of [one, two]) {
      expect(await client.command('presence', { status: 'away' })).toEqual({ type: 'error', ref: expect.any(String) as string, data: REFUSED });
      expect(await client.command('token_refresh', { token: signToken({ sub: room }) })).toMatchObject({ type: 'error', data: REFUSED });
    }
    expect(pongs).toEqual(['fits']);
    await fill(one, room);
  });
});

describe('a trusted backend', () => {
  const backend = (sub: string): string => signToken({ sub, scope: 'publish' });
  const items = (room_id: string, count: number): object[] => Array.from({ length: count }, (_, index) => ({ room_id, content: `item ${index}` }));
  const results = (body: unknown): (BulkOutcome & { retry_after?: number })[] => (body as { results: BulkOutcome[] }).results;

  it('has a limit of its own, in which each item of a bulk counts; what does not fit is refused item by item', async () => {
    const room = await loner(dropping, 'bulk');
    const api = dropping.api(backend('bulk-backend'));
    const first = await api.publishAll(items(room, 12));
    expect(results(first.body).map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 201));
    const client = await new RecordingClient(dropping, 'bulk-backend', { token: backend('bulk-backend') }).connect();
    await fill(client, room, 2);
    expect((await api.notifyRoom(room, 'news', {})).status).toBe(201);

    const partly = await api.publishAll([...items(room, 1), { content: 'nowhere' }, ...items(room, 6)]);
    expect(partly.status).toBe(200);
    expect(results(partly.body).map(({ status }) => status)).toEqual([201, 400, 201, 201, 201, 429, 429, 429]);
    for (const refused of results(partly.body).slice(5)) expect(refused).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retry_after: REFUSED.retry_after });

    const none = await api.publishAll(items(room, 3));
    expect(none.status).toBe(429);
    expect(none.body).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retry_after: REFUSED.retry_after });
    expect(isWholeSecondOfTheWindow(Number(none.headers.get('retry-after')))).toBe(true);
    expect((await api.notifyRoom(room, 'news', {})).status).toBe(429);
    expect((await api.notifyClient('bulk', 'news', {})).status).toBe(429);
    expect((await api.publish(room, { content: 'single' })).status).toBe(429);
    expect(await say(client, room)).toMatchObject({ type: 'error', data: REFUSED });
    expect((await dropping.admin.room(room)).body.last_seq).toBe(PUBLISH_LIMIT - 1);
  });

  it('has none with PUBLISH_RATE_LIMIT_MAX=0', async () => {
    const room = await loner(holding, 'unlimited');
    const api = holding.api(backend('unlimited-backend'));
    const { body } = await api.publishAll(items(room, 1000));
    expect(results(body).filter(({ status }) => status === 201)).toHaveLength(1000);
    const client = await new RecordingClient(holding, 'unlimited-backend', { token: backend('unlimited-backend') }).connect();
    await fill(client, room, 3 * LIMIT);
  });
});

describe.concurrent('in a window that slides', () => {
  it('twice the limit does not pass at an edge between two windows', async () => {
    const room = await loner(sliding, 'edge');
    const client = await new RecordingClient(sliding, room).connect();
    await fill(client, room, 1);
    const answeredAt = performance.now();
    await delay(WINDOW_MS - 150);
    await fill(client, room, LIMIT - 1);
    await delay(answeredAt + WINDOW_MS + 5 - performance.now());
    const burst = await Promise.all(Array.from({ length: 2 * LIMIT }, () => say(client, room)));
    expect(burst.filter(({ type }) => type === 'ack')).toHaveLength(1);
  });

  it('no window of 30 random schedules holds more than the limit, and nothing is refused while fewer are in the window behind it', async () => {
    const seed = 20_261_123;
    const judged = await Promise.all(Array.from({ length: SCHEDULES }, (_, index) => runSchedule(`schedule-${index}`, new Random(seed + index))));
    expect(judged.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { accepted } of judged) expect(accepted).toBeGreaterThan(LIMIT);
    expect(judged.filter(({ refused }) => refused > 0).length).toBeGreaterThan(SCHEDULES / 2);
  });

  async function runSchedule(room: string, random: Random): Promise<ReturnType<typeof judge>> {
    await loner(sliding, room);
    const [one, two] = [new RecordingClient(sliding, room), new RecordingClient(sliding, room, { device: 'two' })];
    await Promise.all([one.connect(), two.connect()]);
    const http = sliding.api(signToken({ sub: room }));
    const sendings: Promise<Sending>[] = [];
    const until = performance.now() + SCHEDULE_MS;
    let accepted = 0;
    // On a slow machine longer: more than one window has room for is to be judged.
    while (performance.now() < until || accepted <= LIMIT) {
      const burst = random.chance(0.2) ? random.between(2, 2 * LIMIT) : 1;
      for (let sent = 0; sent < burst; sent++) sendings.push(counted(random.chance(0.15) ? overHttp() : overSocket(random.pick([one, two]))));
      await delay(random.pick([1, random.between(1, 60), random.between(60, 500), WINDOW_MS / 2, random.chance(0.3) ? WINDOW_MS - 1 : 5]));
    }
    const judged = judge(await Promise.all(sendings), { limit: LIMIT, windowMs: WINDOW_MS });
    await Promise.all([one.closeCleanly(), two.closeCleanly()]);
    return judged;

    async function counted(sending: Promise<Sending>): Promise<Sending> {
      const sent = await sending;
      if (sent.stamp !== undefined) accepted++;
      return sent;
    }

    async function overSocket(client: RecordingClient): Promise<Sending> {
      const sentAt = performance.now();
      const { type, data } = await say(client, room);
      return { sentAt, answeredAt: performance.now(), ...(type === 'ack' ? { stamp: Date.parse(String(data.timestamp)) } : { refusal: String(data.code) }) };
    }

    async function overHttp(): Promise<Sending> {
      const sentAt = performance.now();
      const { status, body } = await http.publish(room, { content: 'over HTTP' });
      const { timestamp, code } = body as { timestamp?: string; code?: string };
      return { sentAt, answeredAt: performance.now(), ...(status === 201 ? { stamp: Date.parse(String(timestamp)) } : { refusal: String(code) }) };
    }
  }
});

describe.concurrent('with RATE_LIMIT_OVERFLOW=queue', () => {
  const contents = (client: RecordingClient): string[] => client.frames.filter(({ type }) => type === 'message').map(({ data }) => String(data.content));
  const filled = Array.from({ length: LIMIT }, (_, index) => `filling ${index}`);

  /** A sender at its limit, on two connections, and a member that listens. */
  async function atLimit(room: string): Promise<{ one: RecordingClient; two: RecordingClient; listener: RecordingClient }> {
    await loner(holding, room, `${room}-listener`);
    const [one, two, listener] = await Promise.all([
      new RecordingClient(holding, room, { device: 'one' }).connect(),
      new RecordingClient(holding, room, { device: 'two' }).connect(),
      new RecordingClient(holding, `${room}-listener`).connect(),
    ]);
    await fill(one, room);
    return { one, two, listener };
  }

  /** Sends a message that is held; the server has read it when this resolves with its answer to come. */
  async function holdBack(client: RecordingClient, room: string, content: string): Promise<{ answer: Promise<Frame> }> {
    const answer = say(client, room, content);
    answer.catch(() => undefined);
    client.send({ type: 'ping' });
    await client.next('pong', ({ type }) => type === 'pong');
    return { answer };
  }

  it('messages are held in order over two connections and sent later; beyond the maximum they are refused', async () => {
    const room = 'held';
    const { one, two, listener } = await atLimit(room);
    const held: Promise<Frame>[] = [];
    for (let index = 0; index < HELD_MAX; index++) held.push((await holdBack(index % 2 ? one : two, room, `held ${index}`)).answer);
    for (const client of [one, two]) expect(await say(client, room, 'one too many')).toMatchObject({ type: 'error', data: REFUSED });
    expect((await holding.api(signToken({ sub: room })).publish(room, { content: 'over HTTP' })).status).toBe(429);

    const answers = await Promise.all(held);
    expect(answers.map(({ type }) => type)).toEqual(Array.from({ length: HELD_MAX }, () => 'ack'));
    expect(answers.map(({ data }) => data.seq)).toEqual(Array.from({ length: HELD_MAX }, (_, index) => LIMIT + 1 + index));
    await listener.until('all that was held', () => contents(listener).length >= LIMIT + HELD_MAX);
    expect(contents(listener)).toEqual([...filled, ...Array.from({ length: HELD_MAX }, (_, index) => `held ${index}`)]);
    const stamps = listener.frames.filter(({ type }) => type === 'message').map(({ data }) => Date.parse(String(data.timestamp)));
    expect(stamps[LIMIT] - stamps[0]).toBeGreaterThan(HOLDING_WINDOW_MS / 2);
  });

  it("acknowledgements, presence, pings and other clients' messages do not wait behind them", async () => {
    const room = 'overtaking';
    const { one, listener } = await atLimit(room);
    const { answer } = await holdBack(one, room, 'held');
    let isSent = false;
    void answer.then(() => (isSent = true));
    expect(await one.command('ack', { room_id: room, seq: 1 })).toMatchObject({ type: 'ack' });
    expect(await one.command('presence', { status: 'away' })).toMatchObject({ type: 'ack' });
    await fill(listener, room, 1);
    expect(isSent).toBe(false);
    expect(await answer).toMatchObject({ type: 'ack' });
  });

  it('they outlive their connection', async () => {
    const room = 'outliving';
    const { one, two, listener } = await atLimit(room);
    await holdBack(one, room, 'closed behind it');
    await one.closeCleanly();
    await holdBack(two, room, 'cut behind it');
    await two.cut();
    await listener.until('both', () => contents(listener).length >= LIMIT + 2);
    expect(contents(listener)).toEqual([...filled, 'closed behind it', 'cut behind it']);
  });

  it('a ban drops them', async () => {
    const room = 'banned';
    const { one, two, listener } = await atLimit(room);
    await holdBack(one, room, 'dropped');
    await holdBack(two, room, 'dropped');
    expect((await holding.admin.request('PUT', `/bans/${room}`, { seconds: 60 })).status).toBe(200);
    expect([(await one.ending()).code, (await two.ending()).code]).toEqual([4403, 4403]);
    expect((await holding.admin.request('DELETE', `/bans/${room}`)).status).toBe(204);
    await one.connect();
    expect(await say(one, room, 'after the ban')).toMatchObject({ type: 'ack', data: { seq: LIMIT + 1 } });
    await listener.until('what was sent after the ban', () => contents(listener).includes('after the ban'));
    expect(contents(listener)).toEqual([...filled, 'after the ban']);
  });
});
