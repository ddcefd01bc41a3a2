// Every limit that docs/metrics.md lists moves the metric that it names there; those of queues, slow clients and bans are in metrics.spec.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { Metrics, risen } from '../../support/metrics.js';
import { RawClient } from '../../support/raw-client.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const clients = new ServerProcess({
  ALLOWED_ORIGINS: 'https://here.example',
  HEARTBEAT_INTERVAL_SECONDS: '0.2',
  HEARTBEAT_TIMEOUT_SECONDS: '1',
  INVALID_FRAMES_PER_MINUTE: '2',
  MAX_PAYLOAD_BYTES: '1000',
  MAX_CONNECTIONS_PER_CLIENT: '1',
  CONNECTION_LIMIT_POLICY: 'close-oldest',
  RATE_LIMIT_MAX: '1',
  RATE_LIMIT_OVERFLOW: 'queue',
  RATE_LIMIT_QUEUE_MAX: '2',
  BAN_THRESHOLD: '0',
  CONTROL_RATE_LIMIT_MAX: '10',
  PUBLISH_RATE_LIMIT_MAX: '20',
  PRESENCE_MAX_ROOM_SIZE: '2',
  TAIL_CACHE_BYTES: '2000',
  SHUTDOWN_DRAIN_SECONDS: '10',
});
const crowded = new ServerProcess({ MAX_CONNECTIONS_PER_IP: '1', MAX_CONNECTION_LIFETIME_SECONDS: '2', STORE_MAX_BYTES: '2000000' });

beforeAll(() => Promise.all([clients.start(), crowded.start()]));
afterAll(() => Promise.all([clients.destroy(), crowded.destroy()]));

const ready = async (clientId: string, options: RecordingClientOptions = {}, where = clients): Promise<RecordingClient> => {
  const client = await new RecordingClient(where, clientId, options).connect();
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
};

describe('of connections', () => {
  it('ALLOWED_ORIGINS: a page of elsewhere is a refusal', async () => {
    const before = await Metrics.of(clients);
    const page = new RawClient({ port: clients.port, token: signToken({ sub: 'page' }), headers: { Origin: 'https://elsewhere.example' } });
    await page.ended();
    expect(page.status).toBe(403);
    await risen(clients, before, 'chatapi_connection_refusals_total', { reason: 'origin' });
  });

  it('MAX_CONNECTIONS_PER_IP: one too many from an address is a refusal; MAX_CONNECTION_LIFETIME_SECONDS ends the other with 4001', async () => {
    const before = await Metrics.of(crowded);
    const first = await ready('first', {}, crowded);
    const second = new RawClient({ port: crowded.port, token: signToken({ sub: 'second' }) });
    await second.ended();
    expect(second.status).toBe(429);
    await risen(crowded, before, 'chatapi_connection_refusals_total', { reason: 'too_many_connections_of_address' });
    expect((await first.ending()).code).toBe(4001);
    await risen(crowded, before, 'chatapi_disconnections_total', { code: '4001' });
  });

  it('CONNECTION_LIMIT_POLICY=close-oldest: the oldest ends with 4429', async () => {
    const before = await Metrics.of(clients);
    const first = await ready('twice');
    const second = await ready('twice');
    expect((await first.ending()).code).toBe(4429);
    await risen(clients, before, 'chatapi_disconnections_total', { code: '4429' });
    await second.closeCleanly();
  });

  it('HEARTBEAT_TIMEOUT_SECONDS: whoever gives no sign of life ends with 4408', async () => {
    const before = await Metrics.of(clients);
    const silent = await ready('silent', { pings: 'ignore' });
    expect((await silent.ending()).code).toBe(4408);
    await risen(clients, before, 'chatapi_heartbeats_missed_total');
    await risen(clients, before, 'chatapi_disconnections_total', { code: '4408' });
  });

  it('pongs that echo something else are counted, and whoever sends two of them', async () => {
    const before = await Metrics.of(clients);
    await clients.admin.createRoom({ id: 'garbled', members: ['garbler'] });
    const garbler = await ready('garbler', { pings: 'garble' });
    await clients.admin.publish('garbled', { content: 'one' });
    await risen(clients, before, 'chatapi_acknowledgement_mismatches_total', {}, 2);
    await risen(clients, before, 'chatapi_clients_unable_to_acknowledge_total');
    await garbler.closeCleanly();
  });
});

describe('of what clients send', () => {
  it('INVALID_FRAMES_PER_MINUTE: the last of them ends the connection with 4400', async () => {
    const before = await Metrics.of(clients);
    const confused = await ready('confused');
    for (let i = 0; i < 2; i++) confused.send('no frame');
    expect((await confused.ending()).code).toBe(4400);
    await risen(clients, before, 'chatapi_invalid_frames_total', {}, 2);
    await risen(clients, before, 'chatapi_disconnections_total', { code: '4400' });
  });

  it('MAX_PAYLOAD_BYTES: a larger frame ends the connection with 1009, a larger content is an error of HTTP', async () => {
    const before = await Metrics.of(clients);
    const heavy = await ready('heavy');
    heavy.send({ type: 'message', data: { room_id: 'r', content: 'x'.repeat(100_000) } });
    expect((await heavy.ending()).code).toBe(1009);
    await risen(clients, before, 'chatapi_disconnections_total', { code: '1009' });
    await clients.admin.createRoom({ id: 'small' });
    expect((await clients.admin.publish('small', { content: 'x'.repeat(2_000) })).status).toBe(413);
    await risen(clients, before, 'chatapi_http_errors_total', { status: '413', code: 'PAYLOAD_TOO_LARGE' });
  });

  it('RATE_LIMIT_QUEUE_MAX: what waits is held, what finds no place is dropped', async () => {
    const before = await Metrics.of(clients);
    await clients.admin.createRoom({ id: 'chat', members: ['chatty'] });
    const chatty = await ready('chatty');
    for (let i = 0; i < 4; i++) chatty.send({ type: 'message', data: { room_id: 'chat', content: `${i}` } });
    await risen(clients, before, 'chatapi_rate_limited_total', { kind: 'message', via: 'websocket', outcome: 'held' }, 2);
    await risen(clients, before, 'chatapi_rate_limited_total', { kind: 'message', via: 'websocket', outcome: 'dropped' });
    await chatty.closeCleanly();
  });

  it('CONTROL_RATE_LIMIT_MAX and PUBLISH_RATE_LIMIT_MAX: requests beyond them are counted, and answered with 429', async () => {
    const before = await Metrics.of(clients);
    const fidgety = await ready('fidgety');
    for (let i = 0; i < 11; i++) fidgety.send({ type: 'presence', data: { status: i % 2 === 0 ? 'away' : 'online' } });
    await risen(clients, before, 'chatapi_rate_limited_total', { kind: 'control' });
    await fidgety.closeCleanly();

    const backend = clients.api(signToken({ sub: 'backend', scope: 'publish' }));
    const statuses = await Promise.all(Array.from({ length: 22 }, () => backend.notifyClient('somebody', 'hint', {})));
    expect(statuses.filter(({ status }) => status === 429)).toHaveLength(2);
    await risen(clients, before, 'chatapi_rate_limited_total', { kind: 'publish', via: 'http', outcome: 'dropped' }, 2);
    await risen(clients, before, 'chatapi_http_errors_total', { status: '429', code: 'RATE_LIMIT_EXCEEDED' }, 2);
  });
});

describe('of presence', () => {
  it('PRESENCE_MAX_ROOM_SIZE: a room that is not told of a status is counted', async () => {
    await clients.admin.createRoom({ id: 'hall', members: ['one', 'two', 'three'] });
    const before = await Metrics.of(clients);
    const one = await ready('one');
    await risen(clients, before, 'chatapi_presence_rooms_skipped_total');
    await one.closeCleanly();
  });
});

describe('of memory and disk', () => {
  it('TAIL_CACHE_BYTES: no more is kept of the newest notifications', async () => {
    await clients.admin.createRoom({ id: 'cached', members: ['watcher'] });
    const watcher = await ready('watcher');
    const published = await clients.admin.publishAll(Array.from({ length: 10 }, (_, i) => ({ room_id: 'cached', content: `${i}`.repeat(500) })));
    expect(published.status).toBe(200);
    await watcher.until('all of them', () => watcher.frames.filter(({ type }) => type === 'message').length === 10);
    const now = await Metrics.of(clients);
    expect(now.value('chatapi_tail_cache_limit_bytes')).toBe(2_000);
    expect(now.value('chatapi_tail_cache_bytes')).toBeLessThanOrEqual(2_000);
    await watcher.closeCleanly();
  });

  it('STORE_MAX_BYTES: what is not stored is a failure of the engine', async () => {
    const before = await Metrics.of(crowded);
    await crowded.admin.createRoom({ id: 'full' });
    await eventually('the store to be full', async () => (await crowded.admin.publish('full', { content: 'x'.repeat(60_000) })).status === 507);
    await risen(crowded, before, 'chatapi_engine_failures_total', { call: 'append', reason: 'full' });
    await risen(crowded, before, 'chatapi_http_errors_total', { status: '507', code: 'STORE_FULL' });
  });
});

describe('of a server that ends', () => {
  it('SHUTDOWN_DRAIN_SECONDS: it says that it drains, and refuses whoever comes', async () => {
    const last = await Promise.all(Array.from({ length: 10 }, (_, i) => ready(`last${i}`)));
    const before = await Metrics.of(clients);
    expect(before.value('chatapi_draining')).toBe(0);
    const ended = clients.stop();
    await eventually('draining', async () => (await Metrics.of(clients)).value('chatapi_draining') === 1);
    const late = new RawClient({ port: clients.port, token: signToken({ sub: 'late' }) });
    await late.ended();
    expect(late.status).toBe(503);
    await risen(clients, before, 'chatapi_connection_refusals_total', { reason: 'draining' });
    for (const client of last) expect((await client.ending()).code).toBe(1001);
    await ended;
  });
});
