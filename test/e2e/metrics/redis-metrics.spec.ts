// What /metrics says when the Redis behind two servers fails, and when something published is lost on the way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../../src/metrics/metric-definitions.js';
import { eventually } from '../../support/eventually.js';
import { Metrics } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';

const redis = new RedisProcess();
let publishing: ServerProcess;
let delivering: ServerProcess;

beforeAll(async () => {
  await redis.start();
  const settings = { ENGINE: 'redis', REDIS_URL: redis.url, CANARY_INTERVAL_SECONDS: '0.3' };
  publishing = new ServerProcess(settings);
  delivering = new ServerProcess(settings);
  await Promise.all([publishing.start(), delivering.start()]);
});
afterAll(async () => {
  await Promise.all([publishing, delivering].map((server) => server.destroy()));
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
