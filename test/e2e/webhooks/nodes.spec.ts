// Servers over one Redis: each event is sent by one of them, and what one leaves behind when it dies is sent by another.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { Metrics } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';

/** A lease of a server, the time to find that it has ended, the grace time, and a slow machine. */
const OFFLINE_WITHIN_MS = 40_000;

const redis = new RedisProcess();
let receiver: WebhookReceiver;
let nodes: ServerProcess[] = [];
let prefixes = 0;

beforeAll(() => redis.start());
afterAll(() => redis.destroy());
beforeEach(async () => {
  receiver = await new WebhookReceiver().start();
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.destroy()));
  await receiver.stop();
});

async function start(settings: Record<string, string> = {}): Promise<void> {
  const shared = { ENGINE: 'redis', REDIS_URL: redis.url, REDIS_PREFIX: `hooks${++prefixes}`, ...receiver.settings, WEBHOOK_TIMEOUT_SECONDS: '2', ...settings };
  nodes = await Promise.all([0, 1].map(() => new ServerProcess(shared).start()));
}

const client = (node: number, clientId: string): RecordingClient => new RecordingClient(nodes[node], clientId);
const sent = async (): Promise<number[]> =>
  Promise.all(nodes.filter((node) => node.isRunning).map(async (node) => (await Metrics.of(node)).value('chatapi_webhook_attempts_total', { outcome: 'delivered' })));

describe('two servers over one Redis', () => {
  it('send each event once, whoever noticed it', async () => {
    await start();
    const names = Array.from({ length: 40 }, (_, i) => `client${i}`);
    const clients = await Promise.all(names.map((name, i) => client(i % 2, name).connect()));
    await Promise.all(names.map((name) => receiver.event('client.online', name)));
    for (let i = 0; i < 10; i++) await nodes[i % 2].admin.request('PUT', `/bans/banned${i}`, { seconds: 60 });
    await Promise.all(clients.map((one) => one.closeCleanly()));
    await Promise.all(names.map((name) => receiver.event('client.offline', name)));
    for (let i = 0; i < 10; i++) await receiver.event('client.banned', `banned${i}`);
    await eventually('the queue to be empty', async () => (await Metrics.of(nodes[0])).value('chatapi_webhook_queue_size') === 0);
    expect(receiver.requests).toHaveLength(90);
    expect(new Set(receiver.requests.map(({ event }) => event.id)).size).toBe(90);
    expect((await sent()).reduce((sum, count) => sum + count, 0)).toBe(90);
  });

  it('tell of a client that is connected to both when it comes and when it has left both', async () => {
    await start();
    const both = await Promise.all([client(0, 'twofold').connect(), client(1, 'twofold').connect()]);
    await receiver.event('client.online', 'twofold');
    await both[0].closeCleanly();
    await client(0, 'witness').connect();
    await receiver.event('client.online', 'witness');
    await both[1].closeCleanly();
    await receiver.event('client.offline', 'twofold');
    expect(receiver.requests.filter(({ event }) => event.data.client_id === 'twofold').map(({ event }) => event.type)).toEqual(['client.online', 'client.offline']);
  });
});

describe('a server that is killed', () => {
  it('while it sends has what it was sending sent by the other, under the same id', async () => {
    await start({ WEBHOOK_EVENTS: 'client.banned' });
    receiver.answer = () => undefined;
    await nodes[0].admin.request('PUT', '/bans/mallory', { seconds: 60 });
    await receiver.until('an attempt', () => receiver.requests.length === 1);
    await nodes[0].kill();
    receiver.answer = () => 200;
    await receiver.event('client.banned', 'mallory');
    expect(await sent()).toEqual([1]);
    expect(new Set(receiver.requests.map(({ event }) => event.id)).size).toBe(1);
  });

  it('with a full queue loses nothing of it', async () => {
    await start({ WEBHOOK_EVENTS: 'client.banned', WEBHOOK_CONCURRENCY: '4' });
    receiver.answer = () => undefined;
    const names = Array.from({ length: 30 }, (_, i) => `client${i}`);
    for (const name of names) await nodes[0].admin.request('PUT', `/bans/${name}`, { seconds: 60 });
    await receiver.until('both to be busy', () => receiver.requests.length >= 8);
    await nodes[0].kill();
    receiver.answer = () => 200;
    await Promise.all(names.map((name) => receiver.event('client.banned', name)));
    expect(new Set(receiver.delivered.map(({ id }) => id)).size).toBe(30);
    expect(await sent()).toEqual([30]);
  });

  it('has its clients told to be offline by the other', async () => {
    await start({ WEBHOOK_EVENTS: 'client.online,client.offline' });
    await Promise.all([client(0, 'goner').connect(), client(1, 'stayer').connect()]);
    await receiver.event('client.online', 'goner');
    await receiver.event('client.online', 'stayer');
    await nodes[0].kill();
    await receiver.until('it to be offline', () => receiver.of('client.offline', 'goner').length > 0, OFFLINE_WITHIN_MS);
    expect(receiver.of('client.offline', 'goner')).toHaveLength(1);
    expect(receiver.of('client.offline', 'stayer')).toEqual([]);
  }, 60_000);
});

describe('while Redis is away', () => {
  it('events wait in memory, and come when it is back', async () => {
    await start({ WEBHOOK_EVENTS: 'client.banned' });
    await redis.kill();
    await eventually('it to be gone', async () => (await nodes[0].admin.request('PUT', '/bans/early', { seconds: 60 })).status === 503);
    await redis.start();
    await receiver.event('client.banned', 'early');
  });
});
