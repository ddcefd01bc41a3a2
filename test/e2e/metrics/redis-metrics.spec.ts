// What /metrics says when the Redis behind two servers fails, and when something published is lost on the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../../src/metrics/metric-definitions.js';
import { eventually } from '../../support/eventually.js';
import { Metrics, risen } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const QUEUE_MAX = 10;

const redis = new RedisProcess();
/** Between Redis and the server that delivers. */
const proxy = new TcpProxy(() => redis.port, 'ssubscribe');
let publishing: ServerProcess;
let delivering: ServerProcess;

beforeAll(async () => {
  await Promise.all([redis.start(), proxy.listen()]);
  const settings = { ENGINE: 'redis', CANARY_INTERVAL_SECONDS: '0.3', QUEUE_MAX_PER_CLIENT: String(QUEUE_MAX) };
  publishing = new ServerProcess({ ...settings, REDIS_URL: redis.url });
  delivering = new ServerProcess({ ...settings, REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
  await Promise.all([publishing.start(), delivering.start()]);
});
afterAll(async () => {
  await Promise.all([publishing, delivering].map((server) => server.destroy()));
  await proxy.close();
  await redis.destroy();
});

describe('two servers over one Redis', () => {
  it('have every metric of the table', async () => {
    const { text } = await Metrics.of(delivering);
    expect([...text.matchAll(/^# TYPE (chatapi_\S+)/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(METRICS).sort());
  });

  it('count what one publishes there, and what the other delivers there', async () => {
    await publishing.admin.createRoom({ id: 'shared', members: ['reader'] });
    const reader = await new RecordingClient(delivering, 'reader').connect();
    await reader.next('connected', ({ type }) => type === 'connected');
    await publishing.admin.publish('shared', { content: 'one' });
    await reader.next('it', ({ type }) => type === 'message');
    const [there, here] = await Promise.all([Metrics.of(publishing), Metrics.of(delivering)]);
    expect(there.value('chatapi_notifications_published_total', { type: 'message' })).toBe(1);
    expect(there.value('chatapi_notifications_delivered_total')).toBe(0);
    expect(here.value('chatapi_notifications_published_total', { type: 'message' })).toBe(0);
    expect(here.value('chatapi_notifications_delivered_total', { type: 'message' })).toBe(1);
    expect(here.value('chatapi_notification_write_latency_seconds_count')).toBe(1);
    await reader.closeCleanly();
  });

  it('count what was lost between them and read from the log', async () => {
    const reader = await new RecordingClient(delivering, 'reader').connect();
    await reader.next('connected', ({ type }) => type === 'connected');
    const before = await Metrics.of(delivering);
    let published = 0;
    await eventually('a gap to be healed', async () => {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await publishing.admin.publish('shared', { content: `${++published}` });
      await reader.until('the newest', () => reader.framesOfConnection.some(({ data }) => data.content === String(published)));
      const now = await Metrics.of(delivering);
      return now.value('chatapi_feed_gaps_healed_total') > before.value('chatapi_feed_gaps_healed_total');
    });
    expect((await Metrics.of(delivering)).value('chatapi_redis_errors_total')).toBeGreaterThan(before.value('chatapi_redis_errors_total'));
    await reader.closeCleanly();
  });

  it('count when what was lost between them is not kept any more, and who receives has to be asked', async () => {
    const reader = await new RecordingClient(delivering, 'reader').connect();
    await reader.next('connected', ({ type }) => type === 'connected');
    const before = await Metrics.of(delivering);
    proxy.swallowMarked();
    await publishing.admin.publishAll(Array.from({ length: 5 * QUEUE_MAX }, (_, i) => ({ room_id: 'shared', content: `lost ${i}` })));
    await risen(delivering, before, 'chatapi_feed_resyncs_total');
    await reader.until('the newest', () => reader.framesOfConnection.some(({ data }) => data.content === `lost ${5 * QUEUE_MAX - 1}`));
    await reader.closeCleanly();
  });

  it('count connections to Redis that are given up because nothing is answered on them', async () => {
    const before = await Metrics.of(delivering);
    redis.freeze();
    try {
      await risen(delivering, before, 'chatapi_redis_lines_replaced_total');
    } finally {
      redis.thaw();
    }
    await eventually('delivery', async () => (await Metrics.of(delivering)).value('chatapi_delivery_healthy') === 1);
  });

  it('say that nothing is delivered while Redis is away, and that it is when it is back', async () => {
    await redis.kill();
    expect((await publishing.admin.publish('shared', { content: 'to nobody' })).status).toBe(503);
    const away = await eventually('the canary not to return', async () => {
      const now = await Metrics.of(publishing);
      return now.value('chatapi_delivery_healthy') === 0 && now.value('chatapi_canary_failures_total') > 0 ? now : undefined;
    });
    expect(away.value('chatapi_engine_failures_total', { call: 'append', reason: 'unavailable' })).toBeGreaterThan(0);
    expect(away.value('chatapi_redis_errors_total')).toBeGreaterThan(0);
    await redis.start();
    await eventually('delivery', async () => (await Metrics.of(publishing)).value('chatapi_delivery_healthy') === 1);
  });
});

describe('a server over a Redis that forgets what it was not made to keep', () => {
  const forgetful = new RedisProcess(false);
  let server: ServerProcess;

  beforeAll(async () => {
    await forgetful.start();
    server = await new ServerProcess({ ENGINE: 'redis', REDIS_URL: forgetful.url }).start();
  });
  afterAll(async () => {
    await server.destroy();
    await forgetful.destroy();
  });

  it('counts the logs that have gone back', async () => {
    await server.admin.createRoom({ id: 'kept', members: ['reader'] });
    const reader = await new RecordingClient(server, 'reader').connect();
    await reader.next('connected', ({ type }) => type === 'connected');
    await server.admin.publish('kept', { content: 'one' });
    await forgetful.command('SAVE');
    await server.admin.publish('kept', { content: 'two' });
    await reader.next('the second', ({ data }) => data.content === 'two');
    const before = await Metrics.of(server);
    await forgetful.kill();
    await forgetful.start();
    await eventually('another second', async () => (await server.admin.publish('kept', { content: 'another' })).status === 201);
    await risen(server, before, 'chatapi_feed_rewinds_total');
    await reader.closeCleanly();
  });
});
