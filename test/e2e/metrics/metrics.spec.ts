// GET /metrics: each number moves when its thing happens, and nothing that a client chooses stands in it.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS, type MetricDefinition } from '../../../src/metrics/metric-definitions.js';
import { eventually } from '../../support/eventually.js';
import { type Labels, Metrics, risen } from '../../support/metrics.js';
import { RawClient } from '../../support/raw-client.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken, signToken } from '../../support/tokens.js';

const METRICS_TOKEN = 'the-token-of-prometheus';
const QUEUE_MAX = 100;

const server = new ServerProcess({
  METRICS_TOKEN,
  QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX),
  RATE_LIMIT_MAX: '3',
  BAN_THRESHOLD: '4',
  MAX_CONNECTIONS_PER_CLIENT: '1',
  AUTH_FAILURES_PER_MINUTE: '1',
  CANARY_INTERVAL_SECONDS: '0.2',
  ACK_SETTLE_MS: '10000',
});
/** Limits that would be in the way of everything else. */
const strict = new ServerProcess({ QUEUE_TTL_SECONDS: '0.2', MAX_CONNECTIONS: '1', MAX_CONNECTIONS_PER_IP: '1', HANDSHAKE_TIMEOUT_SECONDS: '0.3' });

beforeAll(() => Promise.all([server.start(), strict.start()]));
afterAll(() => Promise.all([server.destroy(), strict.destroy()]));

const ready = async (clientId: string, options: RecordingClientOptions = {}, where = server): Promise<RecordingClient> => {
  const client = await new RecordingClient(where, clientId, options).connect();
  await client.next('connected', ({ type }) => type === 'connected');
  return client;
};

describe('who may read /metrics', () => {
  const status = async (authorization?: string): Promise<number> =>
    (await fetch(`${server.origin}/metrics`, { headers: authorization === undefined ? {} : { authorization } })).status;

  it('is the bearer of METRICS_TOKEN, and an administrator of any tenant', async () => {
    expect(await status(`Bearer ${METRICS_TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${adminToken()}`)).toBe(200);
    expect(await status(`Bearer ${adminToken('other')}`)).toBe(200);
  });

  it('is nobody else', async () => {
    expect(await status()).toBe(401);
    for (const token of [`${METRICS_TOKEN}x`, METRICS_TOKEN.slice(1), signToken({ sub: 'admin', scope: 'admin' }, 'another-secret-that-is-long-enough-too')]) {
      expect(await status(`Bearer ${token}`)).toBe(401);
    }
    expect(await status(`Basic ${METRICS_TOKEN}`)).toBe(401);
    for (const scope of ['publish', 'debug', '']) expect(await status(`Bearer ${signToken({ sub: 'somebody', scope })}`)).toBe(403);
  });

  it('does not open anything else with METRICS_TOKEN', async () => {
    expect((await server.api(METRICS_TOKEN).request('GET', '/rooms')).status).toBe(401);
    expect((await fetch(`${strict.origin}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).status).toBe(401);
  });
});

describe('the answer', () => {
  it('is what Prometheus takes without complaint, and holds every metric of the table that this engine has', async () => {
    const response = await fetch(`${server.origin}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    execFileSync('promtool', ['check', 'metrics'], { input: text });

    const told = [...text.matchAll(/^# TYPE (chatapi_\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    const ofRedis = /^chatapi_(feed|redis)_/;
    const expected = Object.entries(METRICS).filter(([name]) => !ofRedis.test(name));
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected.map(([name, { type }]) => [name, type])));
  });

  it('says what is running, and that it delivers', async () => {
    const metrics = await eventually('a canary to return', async () => {
      const now = await Metrics.of(server);
      return now.value('chatapi_canary_round_trip_seconds') > 0 ? now : undefined;
    });
    expect(metrics.value('chatapi_build_info', { engine: 'embedded', node_version: process.version })).toBe(1);
    expect(metrics.value('chatapi_delivery_healthy')).toBe(1);
    expect(metrics.value('chatapi_draining')).toBe(0);
    expect(metrics.value('process_start_time_seconds')).toBeGreaterThan(0);
    expect(metrics.samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(metrics.value('chatapi_engine_call_duration_seconds_count', { call: 'append' })).toBeGreaterThan(0);
  });
});

describe('connections', () => {
  it('are counted as they come, go, and come back', async () => {
    const before = await Metrics.of(server);
    const client = await ready('visitor');
    let now = await risen(server, before, 'chatapi_connections_total');
    expect(now.value('chatapi_active_connections')).toBe(before.value('chatapi_active_connections') + 1);
    await client.closeCleanly();
    now = await risen(server, before, 'chatapi_disconnections_total', { code: '1000' });
    expect(now.value('chatapi_active_connections')).toBe(before.value('chatapi_active_connections'));
    expect(now.value('chatapi_connection_duration_seconds_count')).toBe(before.value('chatapi_connection_duration_seconds_count') + 1);

    await client.connect();
    now = await risen(server, before, 'chatapi_reconnections_total');
    expect(now.value('chatapi_reconnection_gap_seconds_count')).toBe(before.value('chatapi_reconnection_gap_seconds_count') + 1);
    await client.cut();
    await risen(server, before, 'chatapi_disconnections_total', { code: '1006' });
  });

  it('that a client ends with a code of its own count as other', async () => {
    const before = await Metrics.of(server);
    const client = await ready('inventive');
    client.webSocket.close(4242);
    await client.ending();
    const now = await risen(server, before, 'chatapi_disconnections_total', { code: 'other' });
    expect(now.text).not.toContain('4242');
  });

  it('that are refused are counted by reason', async () => {
    const before = await Metrics.of(server);
    const first = new RawClient({ port: server.port, token: 'not-a-token' });
    await first.ended();
    expect(first.closeCode).toBe(4401);
    const second = new RawClient({ port: server.port, token: 'not-a-token' });
    await second.ended();
    expect(second.status).toBe(401);
    await risen(server, before, 'chatapi_connection_refusals_total', { reason: 'authentication' });
    await risen(server, before, 'chatapi_connection_refusals_total', { reason: 'authentication_repeated' });

    const client = await ready('twice');
    const other = await new RecordingClient(server, 'twice').connect();
    expect(await other.ending()).toMatchObject({ code: 4429 });
    await risen(server, before, 'chatapi_connection_refusals_total', { reason: 'too_many_connections_of_client' });
    await client.closeCleanly();
  });

  it('that find no place are counted, and so are sockets whose request does not come', async () => {
    const before = await Metrics.of(strict);
    const client = await ready('only', {}, strict);
    const late = new RawClient({ port: strict.port, token: signToken({ sub: 'late' }) });
    await late.ended();
    expect(late.status).toBe(503);
    await risen(strict, before, 'chatapi_connection_refusals_total', { reason: 'too_many_connections' });
    expect((await Metrics.of(strict)).value('chatapi_max_connections')).toBe(1);
    await client.closeCleanly();

    const slow = new RawClient({ port: strict.port, request: 'GET /ws HTTP/1.1\r\n' });
    await slow.ended();
    await risen(strict, before, 'chatapi_request_timeouts_total');
  });
});

describe('notifications', () => {
  it('are counted when they are published, delivered and acknowledged by pongs, with how long that took', async () => {
    const before = await Metrics.of(server);
    await server.admin.createRoom({ id: 'news', members: ['reader'] });
    const reader = await ready('reader');
    await server.admin.publish('news', { content: 'one', id: 'first' });
    await server.admin.publish('news', { content: 'one', id: 'first' });
    await server.admin.notifyRoom('news', 'invoice.paid', {});
    await server.admin.updateRoom('news', { name: 'News' });
    await reader.until('three notifications', () => reader.frames.filter(({ id }) => id !== undefined).length === 3);
    const now = await risen(server, before, 'chatapi_notifications_acknowledged_total', { by: 'transport' }, 3);
    const rise = (name: string, labels: Labels = {}): number => now.value(name, labels) - before.value(name, labels);
    for (const type of ['message', 'custom', 'room_update']) {
      expect(rise('chatapi_notifications_published_total', { type })).toBe(1);
      expect(rise('chatapi_notifications_delivered_total', { type })).toBe(1);
    }
    expect(rise('chatapi_publish_duplicates_total')).toBe(1);
    expect(rise('chatapi_notification_write_latency_seconds_count')).toBe(3);
    expect(rise('chatapi_notification_acknowledgement_latency_seconds_count', { by: 'transport' })).toBe(3);
    expect(rise('chatapi_notification_write_latency_seconds_sum')).toBeGreaterThan(0);
    expect(rise('chatapi_notifications_replayed_total')).toBe(0);
    await reader.closeCleanly();
  });

  it('are counted when they are acknowledged by frames', async () => {
    const before = await Metrics.of(server);
    await server.admin.createRoom({ id: 'orders', members: ['clerk'] });
    const clerk = await ready('clerk', { acknowledgesItself: true });
    await server.admin.publishAll([1, 2, 3].map((number) => ({ room_id: 'orders', content: `${number}` })));
    await clerk.until('three messages', () => clerk.frames.filter(({ type }) => type === 'message').length === 3);
    await clerk.command('ack', { room_id: 'orders', seq: 2 });
    await clerk.command('ack', { room_id: 'orders', seq: 2 });
    const now = await Metrics.of(server);
    expect(now.value('chatapi_notifications_acknowledged_total', { by: 'client' }) - before.value('chatapi_notifications_acknowledged_total', { by: 'client' })).toBe(2);
    expect(now.value('chatapi_notification_acknowledgement_latency_seconds_count', { by: 'client' })).toBe(2);
    await eventually('what is left to be its queue', async () => (await Metrics.of(server)).value('chatapi_queue_size_max_notifications') === 1);
    await clerk.closeCleanly();

    await clerk.connect();
    await risen(server, now, 'chatapi_notifications_repeated_total');
    await clerk.closeCleanly();
  });

  it('are counted as repeated after a cut, and as replayed when they waited', async () => {
    await server.admin.createRoom({ id: 'trains', members: ['traveller'] });
    const traveller = await ready('traveller');
    await server.admin.publishAll([1, 2].map((number) => ({ room_id: 'trains', content: `${number}` })));
    await traveller.until('two messages', () => traveller.frames.filter(({ type }) => type === 'message').length === 2);
    const connected = await Metrics.of(server);
    await traveller.cut();
    const before = await risen(server, connected, 'chatapi_disconnections_total', { code: '1006' });
    await server.admin.publish('trains', { content: '3' });
    await traveller.connect();
    await traveller.until('all three', () => traveller.framesOfConnection.filter(({ type }) => type === 'message').length === 3);
    const now = await Metrics.of(server);
    expect(now.value('chatapi_notifications_repeated_total') - before.value('chatapi_notifications_repeated_total')).toBe(2);
    expect(now.value('chatapi_notifications_replayed_total') - before.value('chatapi_notifications_replayed_total')).toBe(3);
    expect(now.value('chatapi_queue_size_at_connect_notifications_sum') - before.value('chatapi_queue_size_at_connect_notifications_sum')).toBe(3);
    await traveller.closeCleanly();
  });

  it('are counted as dropped by reason', async () => {
    const before = await Metrics.of(server);
    await server.admin.createRoom({ id: 'flood', members: ['sleeper'] });
    await server.admin.publishAll(Array.from({ length: QUEUE_MAX + 7 }, (_, index) => ({ room_id: 'flood', content: `${index}` })));
    const sleeper = await ready('sleeper');
    await sleeper.next('the report', ({ data }) => data.code === 'QUEUE_OVERFLOW');
    const now = await Metrics.of(server);
    expect(now.value('chatapi_notifications_dropped_total', { reason: 'overflow' }) - before.value('chatapi_notifications_dropped_total', { reason: 'overflow' })).toBe(7);
    expect(now.value('chatapi_notifications_dropped_total', { reason: 'expired' })).toBe(before.value('chatapi_notifications_dropped_total', { reason: 'expired' }));
    await sleeper.closeCleanly();

    await strict.admin.createRoom({ id: 'fading', members: ['late'] });
    await strict.admin.publishAll([1, 2, 3].map((number) => ({ room_id: 'fading', content: `${number}` })));
    await eventually('them to expire', async () => (await strict.admin.queue('late')).body.size === 0);
    const late = await ready('late', {}, strict);
    await late.next('the report', ({ data }) => data.code === 'QUEUE_OVERFLOW');
    const expired = await Metrics.of(strict);
    expect(expired.value('chatapi_notifications_dropped_total', { reason: 'expired' })).toBe(3);
    expect(expired.value('chatapi_notifications_dropped_total', { reason: 'overflow' })).toBe(0);
    await late.closeCleanly();
  });

  it('that a client does not read make a slow connection, and a queue', async () => {
    const before = await Metrics.of(server);
    await server.admin.createRoom({ id: 'heavy', members: ['slow'] });
    const slow = await ready('slow');
    slow.webSocket.pause();
    for (let i = 0; i < 8; i++) await server.admin.publishAll(Array.from({ length: 40 }, () => ({ room_id: 'heavy', content: 'x'.repeat(20_000) })));
    const now = await risen(server, before, 'chatapi_connection_waits_total');
    expect((await risen(server, now, 'chatapi_queue_size_notifications_count')).value('chatapi_queue_size_max_notifications')).toBe(QUEUE_MAX);
    await eventually('a slow connection', async () => (await Metrics.of(server)).value('chatapi_connections_waiting') === 1);
    slow.webSocket.terminate();
    await slow.ending();
  });
});

describe('limits', () => {
  it('that clients reach, bans and frames that are none are counted', async () => {
    const before = await Metrics.of(server);
    await server.admin.createRoom({ id: 'chat', members: ['chatty'] });
    const chatty = await ready('chatty');
    chatty.send('no frame');
    await risen(server, before, 'chatapi_invalid_frames_total');
    for (let i = 0; i < 3; i++) await chatty.command('message', { room_id: 'chat', content: `${i}` });
    expect((await chatty.command('message', { room_id: 'chat', content: 'too much' })).data.code).toBe('RATE_LIMIT_EXCEEDED');
    await risen(server, before, 'chatapi_rate_limited_total', { kind: 'message', via: 'websocket', outcome: 'dropped' });
    expect((await server.api(signToken({ sub: 'chatty' })).publish('chat', { content: 'by another way' })).status).toBe(429);
    await risen(server, before, 'chatapi_rate_limited_total', { kind: 'message', via: 'http', outcome: 'dropped' });
    for (let i = 0; i < 2; i++) chatty.send({ type: 'message', data: { room_id: 'chat', content: 'more' } });
    expect(await chatty.ending()).toMatchObject({ code: 4403 });
    await risen(server, before, 'chatapi_bans_total', { origin: 'automatic' });
    await risen(server, before, 'chatapi_disconnections_total', { code: '4403' });
    await new RecordingClient(server, 'chatty').connect();
    await risen(server, before, 'chatapi_connection_refusals_total', { reason: 'banned' });

    await server.admin.request('PUT', '/bans/chatty', { seconds: 60 });
    await risen(server, before, 'chatapi_bans_total', { origin: 'administrator' });
    await server.admin.request('DELETE', '/bans/chatty');
    await risen(server, before, 'chatapi_bans_lifted_total');
  });

  it('and tokens that are replaced or revoked', async () => {
    const before = await Metrics.of(server);
    const client = await ready('renewed');
    await client.command('token_refresh', { token: signToken({ sub: 'renewed', jti: 'new' }) });
    await risen(server, before, 'chatapi_token_refreshes_total');
    await server.admin.request('POST', '/tokens/revoke', { jti: 'new' });
    await risen(server, before, 'chatapi_token_revocations_total');
    await client.ending();
    await risen(server, before, 'chatapi_disconnections_total', { code: '4401' });
  });
});

describe('labels', () => {
  it('hold nothing that a client or a backend chooses, with many tenants as with one', async () => {
    const count = (metrics: Metrics): number => metrics.samples.filter(({ name }) => name.startsWith('chatapi_')).length;
    const visit = async (tenant: string): Promise<void> => {
      const admin = server.api(adminToken(tenant));
      await admin.createRoom({ id: `room-of-${tenant}`, members: [`client-of-${tenant}`] });
      const client = await ready(`client-of-${tenant}`, { token: signToken({ sub: `client-of-${tenant}`, tenant }), device: `device-of-${tenant}` });
      await admin.notifyRoom(`room-of-${tenant}`, `type.of.${tenant}`, {});
      await client.next('it', ({ type }) => type === `type.of.${tenant}`);
      await client.closeCleanly();
    };
    await visit('tenant0');
    const before = await Metrics.of(server);
    for (let i = 1; i <= 20; i++) await visit(`tenant${i}`);
    const now = await risen(server, before, 'chatapi_notifications_delivered_total', { type: 'custom' }, 20);
    expect(count(now)).toBe(count(before));
    expect(now.text).not.toMatch(/tenant\d|-of-|type\.of/);
    expect(now.text).not.toContain(METRICS_TOKEN);

    for (const { name, labels } of now.samples.filter((sample) => sample.name.startsWith('chatapi_'))) {
      const definition = (METRICS as Readonly<Record<string, MetricDefinition>>)[name] ?? (METRICS as Readonly<Record<string, MetricDefinition>>)[name.replace(/_(bucket|sum|count)$/, '')];
      expect(Object.keys(labels).filter((label) => label !== 'le').sort()).toEqual(Object.keys(definition.labels ?? {}).sort());
    }
  });
});
