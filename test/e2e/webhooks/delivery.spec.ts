// Receivers that fail, hang, go away and come back, and a server that is killed in between: every event arrives, with one id.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../engine/embedded-store.js';
import { eventually } from '../../support/eventually.js';
import { Metrics } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { WEBHOOK_SECRET, WebhookReceiver } from '../../support/webhook-receiver.js';

let receiver: WebhookReceiver;
let server: ServerProcess;

beforeEach(async () => {
  receiver = await new WebhookReceiver().start();
});
afterEach(async () => {
  await server.destroy();
  await receiver.stop();
});

async function start(settings: Record<string, string> = {}): Promise<void> {
  server = await new ServerProcess({ ...receiver.settings, WEBHOOK_EVENTS: 'client.banned', ...settings }).start();
}

const ban = (clientId: string) => server.admin.request('PUT', `/bans/${clientId}`, { seconds: 60 });
const metrics = (): Promise<Metrics> => Metrics.of(server);
const dropped = async (reason: string): Promise<number> => (await metrics()).value('chatapi_webhooks_dropped_total', { reason });

describe('a webhook that is not answered with 2xx', () => {
  it('is sent again until it is, with the same id and body, and a timestamp of its own', async () => {
    const statuses = [500, 302, 404, 429, 200];
    receiver.answer = (_, attempt) => statuses[attempt - 1];
    await start();
    await ban('mallory');
    await receiver.event('client.banned', 'mallory');
    const requests = receiver.of('client.banned', 'mallory');
    expect(requests.map(({ status }) => status)).toEqual(statuses);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    await eventually('the queue to be empty', async () => (await metrics()).value('chatapi_webhook_queue_size') === 0);
    const told = await metrics();
    expect(told.value('chatapi_webhook_retries_total')).toBe(4);
    expect(told.value('chatapi_webhook_attempts_total', { outcome: 'status' })).toBe(4);
    expect(told.value('chatapi_webhook_attempts_total', { outcome: 'delivered' })).toBe(1);
    expect(told.value('chatapi_webhook_oldest_age_seconds')).toBe(0);
  });

  it('is not sent before Retry-After, which holds up no other', async () => {
    const times = new Map<string, number[]>();
    receiver.answer = ({ data }, attempt, response) => {
      const client = String(data.client_id);
      times.set(client, [...(times.get(client) ?? []), Date.now()]);
      if (client !== 'patient' || attempt > 1) return 200;
      response.setHeader('Retry-After', '2');
      return 503;
    };
    await start({ WEBHOOK_BACKOFF_MAX_SECONDS: '60' });
    await ban('patient');
    await receiver.until('the first attempt', () => times.has('patient'));
    await ban('quick');
    await receiver.event('client.banned', 'patient');
    const [first, second] = times.get('patient') as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(2_000);
    expect((times.get('quick') as [number])[0]).toBeLessThan(second);
  });

  it('is not waited for longer than WEBHOOK_BACKOFF_MAX_SECONDS, whatever Retry-After says', async () => {
    receiver.answer = (_, attempt, response) => {
      response.setHeader('Retry-After', '86400');
      return attempt === 1 ? 503 : 200;
    };
    await start();
    await ban('mallory');
    await receiver.event('client.banned', 'mallory');
  });

  it('is given up after WEBHOOK_MAX_ATTEMPTS, counted and logged', async () => {
    receiver.answer = ({ data }) => (data.client_id === 'poison' ? 500 : 200);
    await start({ WEBHOOK_MAX_ATTEMPTS: '3' });
    await ban('poison');
    await eventually('it to be given up', async () => (await dropped('attempts')) === 1);
    expect(receiver.of('client.banned', 'poison')).toHaveLength(3);
    const [{ event }] = receiver.of('client.banned', 'poison');
    // Lines are written together, a little later.
    const line = await eventually('the line', () => server.output.split('\n').find((text) => text.includes('webhook given up')));
    expect(JSON.parse(line)).toMatchObject({ webhook_id: event.id, type: 'client.banned', why: 'attempts', attempt: 3, detail: `127.0.0.1:${receiver.port} has answered 500` });
    expect(line).not.toMatch(/hunter2|poison/);
    await ban('next');
    await receiver.event('client.banned', 'next');
    expect((await metrics()).value('chatapi_webhook_queue_size')).toBe(0);
  });

  it('is given up after WEBHOOK_RETRY_SECONDS', async () => {
    receiver.answer = () => 500;
    await start({ WEBHOOK_RETRY_SECONDS: '1' });
    await ban('mallory');
    await eventually('it to be given up', async () => (await dropped('expired')) === 1);
    expect(receiver.of('client.banned', 'mallory').length).toBeGreaterThan(1);
  });

  it('is given up at once when it is answered with 410', async () => {
    receiver.answer = () => 410;
    await start();
    await ban('mallory');
    await eventually('it to be given up', async () => (await dropped('gone')) === 1);
    expect(receiver.of('client.banned', 'mallory')).toHaveLength(1);
    await eventually('the line', () => server.output.includes('"why":"gone"'));
  });

  it('or not in time, is sent again', async () => {
    receiver.answer = (_, attempt) => (attempt === 1 ? undefined : 200);
    await start({ WEBHOOK_TIMEOUT_SECONDS: '0.3' });
    await ban('mallory');
    await receiver.event('client.banned', 'mallory');
    expect((await metrics()).value('chatapi_webhook_attempts_total', { outcome: 'timeout' })).toBe(1);
  });
});

describe('an answer', () => {
  it('that never ends is cut and counts, whether it comes fast or slowly', async () => {
    receiver.answer = ({ data }, _, response) => {
      response.writeHead(200);
      if (data.client_id === 'drip') response.write('.');
      else response.write(Buffer.alloc(1_000_000));
      return undefined;
    };
    await start({ WEBHOOK_TIMEOUT_SECONDS: '0.3', WEBHOOK_CONCURRENCY: '1' });
    for (const client of ['flood', 'drip', 'flood2']) await ban(client);
    await eventually('all to be delivered', async () => (await metrics()).value('chatapi_webhook_attempts_total', { outcome: 'delivered' }) === 3);
    expect(receiver.requests).toHaveLength(3);
  });
});

describe('several URLs', () => {
  it('each get every event, and one that fails holds up no other', async () => {
    const broken = await new WebhookReceiver().start();
    broken.answer = () => 500;
    await start({ WEBHOOK_URLS: `${broken.url}, ${receiver.url}`, WEBHOOK_CONCURRENCY: '2' });
    for (let i = 0; i < 20; i++) await ban(`client${i}`);
    for (let i = 0; i < 20; i++) await receiver.event('client.banned', `client${i}`);
    broken.answer = () => 200;
    await broken.until('all of them', () => new Set(broken.delivered.map(({ id }) => id)).size === 20);
    expect(new Set(broken.delivered.map(({ id }) => id))).toEqual(new Set(receiver.delivered.map(({ id }) => id)));
    await broken.stop();
  });
});

describe('a full queue', () => {
  it('lets the oldest go, counted', async () => {
    await receiver.stop();
    await start({ WEBHOOK_QUEUE_MAX: '5', WEBHOOK_BACKOFF_BASE_SECONDS: '0.5' });
    for (let i = 1; i <= 12; i++) await ban(`client${i}`);
    await eventually('seven to go', async () => (await dropped('queue_full')) === 7);
    expect((await metrics()).value('chatapi_webhook_queue_size')).toBe(5);
    await receiver.start();
    await receiver.until('the others', () => receiver.delivered.length === 5);
    expect(receiver.delivered.map(({ data }) => data.client_id).sort()).toEqual(['client10', 'client11', 'client12', 'client8', 'client9']);
  });
});

describe('a secret that is changed', () => {
  const next = `whsec_${Buffer.alloc(32, 'n').toString('base64')}`;

  it('is used beside the old one, so that receivers with either accept', async () => {
    const renewed = new WebhookReceiver();
    renewed.secret = next;
    await renewed.start();
    await start({ WEBHOOK_URLS: `${receiver.url}, ${renewed.url}`, WEBHOOK_SECRET: `${next}, ${WEBHOOK_SECRET}` });
    await ban('mallory');
    const { id } = await receiver.event('client.banned', 'mallory');
    expect((await renewed.event('client.banned', 'mallory')).id).toBe(id);
    expect(receiver.requests[0].headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
    await renewed.stop();
  });

  it('alone is refused by who knows the old one, and accepted when that has learned it: nothing is lost', async () => {
    await start({ WEBHOOK_SECRET: next });
    await ban('mallory');
    await eventually('it to be refused', () => receiver.refused.length > 0);
    receiver.secret = next;
    await receiver.event('client.banned', 'mallory');
  });
});

describe('a server that is killed', () => {
  it('while a receiver fails has everything in its queue when it is started again, under the same ids', async () => {
    receiver.answer = () => 500;
    await start({ WEBHOOK_EVENTS: 'client.online,client.banned', WEBHOOK_TIMEOUT_SECONDS: '1' });
    const clients = Array.from({ length: 10 }, (_, i) => `client${i}`);
    await Promise.all(clients.map((name) => new RecordingClient(server, name).connect()));
    await ban('mallory');
    await receiver.until('all to be tried', () => new Set(receiver.requests.map(({ event }) => event.id)).size === 11);
    const ids = new Set(receiver.requests.map(({ event }) => event.id));
    await server.kill();
    receiver.answer = () => 200;
    await server.start();
    await receiver.until('all of them', () => new Set(receiver.delivered.map(({ id }) => id)).size >= 11);
    expect(new Set(receiver.delivered.map(({ id }) => id))).toEqual(ids);
  });

  it('while it sends sends what was under way again', async () => {
    receiver.answer = (_, attempt) => (attempt === 1 ? undefined : 200);
    await start({ WEBHOOK_TIMEOUT_SECONDS: '2' });
    await ban('mallory');
    await receiver.until('an attempt', () => receiver.requests.length === 1);
    await server.kill();
    await server.start();
    expect((await receiver.event('client.banned', 'mallory')).id).toBe(receiver.requests[0].event.id);
  });

  it('again and again while clients come and go tells at the end of each how it is', async () => {
    await start({ WEBHOOK_EVENTS: 'client.online,client.offline', PRESENCE_GRACE_SECONDS: '0.2', WEBHOOK_TIMEOUT_SECONDS: '1' });
    const names: string[] = [];
    for (let round = 0; round < 5; round++) {
      const clients = Array.from({ length: 8 }, (_, i) => new RecordingClient(server, `client${round}-${i}`));
      names.push(...clients.map(({ clientId }) => clientId));
      // At some point of coming, of going, or of being told.
      await Promise.all(clients.slice(0, 4 + round).map((client) => client.connect()));
      await eventually('one of them to be online', async () => (await server.admin.presence(`client${round}-3`)).body.status === 'online', undefined, 1);
      await Promise.all(clients.slice(0, 2).map((client) => client.closeCleanly()));
      if (round % 2 === 1) await receiver.until('something of this round', () => receiver.requests.some(({ event }) => String(event.data.client_id).startsWith(`client${round}-`)));
      await server.kill();
      await server.start();
    }
    const stored = await eventually('all to be offline', async () => {
      const answers = await Promise.all(names.map(async (name) => (await server.admin.presence(name)).body));
      const seen = answers.filter(({ last_seen }) => last_seen !== null);
      return seen.length > 0 && seen.every(({ status }) => status === 'offline') && seen.map(({ client_id }) => client_id);
    });
    await Promise.all(stored.map((name) => receiver.event('client.offline', name)));
    expect(stored.length).toBeGreaterThan(10);
  });

  it('between storing that a client came and queueing it tells it when it is started again', async () => {
    await start({ WEBHOOK_EVENTS: 'client.online,client.offline' });
    await server.stop();
    const engine = await startEngine(server.dataDir);
    await engine.presenceJournal.keep();
    await engine.savePresence('default', [{ clientId: 'unlucky', status: 'online', lastSeen: Date.now() }], 500);
    await engine.stop();
    await server.start();
    await receiver.event('client.online', 'unlucky');
    await receiver.event('client.offline', 'unlucky');
    expect(receiver.requests).toHaveLength(2);
    await server.restart();
    await server.stop();
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('a server that is asked to end', () => {
  it('lets attempts that are under way end, claims no more, and ends in order', async () => {
    let respond: (() => void) | undefined;
    receiver.answer = (_, __, response) => {
      respond = () => response.writeHead(204).end();
      return undefined;
    };
    await start({ SHUTDOWN_DRAIN_SECONDS: '10', WEBHOOK_CONCURRENCY: '1' });
    await ban('first');
    await receiver.until('the first attempt', () => receiver.requests.length === 1);
    await ban('second');
    const ended = server.stop();
    await eventually('it to be stopping', () => server.output.includes('"stopping"'));
    await eventually('it to refuse', () => fetch(`${server.origin}/readyz`).then(({ status }) => status !== 200, () => true));
    respond?.();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(receiver.requests).toHaveLength(1);
    receiver.answer = () => 200;
    await server.start();
    await receiver.event('client.banned', 'second');
    expect(receiver.of('client.banned', 'first')).toHaveLength(1);
  });

  it('cuts attempts that take longer than SHUTDOWN_DRAIN_SECONDS, and makes them again at once when it is back', async () => {
    receiver.answer = () => undefined;
    await start({ SHUTDOWN_DRAIN_SECONDS: '0', WEBHOOK_TIMEOUT_SECONDS: '300' });
    await ban('mallory');
    await receiver.until('an attempt', () => receiver.requests.length === 1);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    receiver.answer = () => 200;
    await server.start();
    await receiver.event('client.banned', 'mallory');
  });
});
