// What is sent when: each event with its payload, signed, as a receiver gets it from a real server.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { isOverflow } from '../../support/frame.js';
import { Metrics } from '../../support/metrics.js';
import { type OpenApiDocument, OpenApiJudge } from '../../support/openapi-judge.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken, signToken } from '../../support/tokens.js';
import { WebhookReceiver } from '../../support/webhook-receiver.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

const receiver = new WebhookReceiver();
let server: ServerProcess;

beforeAll(async () => {
  await receiver.start();
  server = await new ServerProcess({
    ...receiver.settings,
    QUEUE_MAX_PER_CLIENT: '5',
    WEBHOOK_DROPPED_INTERVAL_SECONDS: '1',
    RATE_LIMIT_MAX: '5',
    BAN_THRESHOLD: '3',
    PRESENCE_GRACE_SECONDS: '0.5',
  }).start();
});
afterAll(async () => {
  await server.destroy();
  await receiver.stop();
});

describe('a request', () => {
  it('is a signed POST of JSON with the headers of the specification', async () => {
    const client = await new RecordingClient(server, 'requested').connect();
    const event = await receiver.event('client.online', 'requested');
    const [{ headers, body }] = receiver.of('client.online', 'requested');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': event.id,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/) as string,
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) as string,
    });
    expect(event.id).toMatch(/^evt_[\w-]{27}$/);
    expect(Object.keys(event)).toEqual(['id', 'type', 'timestamp', 'data']);
    await client.closeCleanly();
  });

  it('is refused by the documented code when anything of it is another', async () => {
    const other = new WebhookReceiver();
    other.secret = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`;
    await other.start();
    const { headers, body } = receiver.requests[0];
    const post = (changed: object, text = body): Promise<number> =>
      fetch(receiver.url, { method: 'POST', headers: { ...(headers as Record<string, string>), connection: 'close', ...changed, 'content-length': String(Buffer.byteLength(text)) }, body: text }).then(({ status }) => status);
    const refused = receiver.refused.length;
    expect(await post({}, body.replace('online', 'banned'))).toBe(400);
    expect(await post({ 'webhook-id': 'evt_other' })).toBe(400);
    expect(await post({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 301) })).toBe(400);
    expect(await post({ 'webhook-signature': 'v1,AAAA' })).toBe(400);
    expect(receiver.refused.length).toBe(refused + 4);
    await other.stop();
  });
});

describe('presence', () => {
  it('is told when a client comes and goes, once however many connections it has', async () => {
    const [one, two] = await Promise.all([new RecordingClient(server, 'coming').connect(), new RecordingClient(server, 'coming').connect()]);
    const online = await receiver.event('client.online', 'coming');
    expect(online).toMatchObject({ timestamp: TIME, data: { tenant: 'default', client_id: 'coming', status: 'online', last_seen: TIME } });
    await one.closeCleanly();
    await two.closeCleanly();
    const offline = await receiver.event('client.offline', 'coming');
    expect(offline.data).toEqual({ tenant: 'default', client_id: 'coming', status: 'offline', last_seen: TIME });
    expect(receiver.requests.filter(({ event }) => event.data.client_id === 'coming').map(({ event }) => event.type)).toEqual(['client.online', 'client.offline']);
  });

  it('is not told of being away, nor of coming back within the grace time; each time it changes it is another event', async () => {
    const client = await new RecordingClient(server, 'dozing').connect();
    const { id } = await receiver.event('client.online', 'dozing');
    await client.command('presence', { status: 'away' });
    await client.command('presence', { status: 'online' });
    await client.cut();
    await client.connect();
    await client.closeCleanly();
    await receiver.event('client.offline', 'dozing');
    await client.connect();
    await receiver.until('it to be online again', () => receiver.of('client.online', 'dozing').length === 2);
    const events = receiver.requests.filter(({ event }) => event.data.client_id === 'dozing').map(({ event }) => event);
    expect(events.map(({ type }) => type)).toEqual(['client.online', 'client.offline', 'client.online']);
    expect(events[2].id).not.toBe(id);
    await client.closeCleanly();
  });

  it('names the tenant', async () => {
    const client = await new RecordingClient(server, 'guest', { token: signToken({ sub: 'guest', tenant: 'acme' }) }).connect();
    expect((await receiver.event('client.online', 'guest')).data).toMatchObject({ tenant: 'acme', client_id: 'guest' });
    await client.closeCleanly();
  });
});

describe('notifications that are dropped', () => {
  it('are told when a client comes back to them, with the ranges of its rooms', async () => {
    await server.admin.createRoom({ id: 'full', members: ['loser'] });
    await server.admin.createRoom({ id: 'other', members: ['loser'] });
    await server.admin.publishAll(Array.from({ length: 9 }, (_, i) => ({ room_id: i < 2 ? 'other' : 'full', content: `${i}` })));
    const loser = await new RecordingClient(server, 'loser', { device: 'phone' }).connect();
    await loser.next('its report', isOverflow);
    const { data } = await receiver.event('notification.dropped', 'loser');
    expect({ ...data, rooms: [...(data.rooms as { room_id: string }[])].sort((a, b) => (a.room_id < b.room_id ? -1 : 1)) }).toEqual({
      tenant: 'default',
      client_id: 'loser',
      device: 'phone',
      dropped: 4,
      rooms: [
        { room_id: 'full', from_seq: 1, to_seq: 2, dropped: 2 },
        { room_id: 'other', from_seq: 1, to_seq: 2, dropped: 2 },
      ],
      more_rooms: 0,
    });
    await loser.closeCleanly();
  });

  it('again and again come together: a storm of them makes no storm of webhooks', async () => {
    await server.admin.createRoom({ id: 'storm', members: ['unlucky'] });
    const unlucky = new RecordingClient(server, 'unlucky', { acknowledgesItself: true });
    let lost = 0;
    for (let round = 0; round < 6; round++) {
      await server.admin.publishAll(Array.from({ length: 9 }, () => ({ room_id: 'storm', content: `${round}` })));
      await unlucky.connect();
      const report = await unlucky.next('its report', isOverflow);
      lost += (report.data as { dropped: number }).dropped;
      unlucky.acknowledgeAll();
      await unlucky.closeCleanly();
    }
    const told = (): number => receiver.of('notification.dropped', 'unlucky').reduce((sum, { event }) => sum + Number(event.data.dropped), 0);
    await receiver.until('all of it to be told', () => told() >= lost);
    expect(told()).toBe(lost);
    expect(receiver.of('notification.dropped', 'unlucky').length).toBeLessThan(6);
  });
});

describe('bans', () => {
  it('by an administrator are told with who made them', async () => {
    const before = Date.now();
    await server.admin.request('PUT', '/bans/mallory', { seconds: 60, reason: 'flood' });
    const { data } = await receiver.event('client.banned', 'mallory');
    expect(data).toEqual({ tenant: 'default', client_id: 'mallory', banned_until: TIME, reason: 'flood', automatic: false, by: 'admin' });
    expect(Date.parse(String(data.banned_until)) - before).toBeGreaterThanOrEqual(60_000);
  });

  it('that come by themselves are told too', async () => {
    await server.admin.createRoom({ id: 'flooded', members: ['flooder'] });
    const flooder = await new RecordingClient(server, 'flooder').connect();
    for (let i = 0; i < 12; i++) flooder.send({ type: 'message', data: { room_id: 'flooded', content: `${i}` } });
    await flooder.ending();
    expect((await receiver.event('client.banned', 'flooder')).data).toMatchObject({ client_id: 'flooder', automatic: true, banned_until: TIME });
  });
});

describe('all of it', () => {
  it('is counted, and no canary is among it', async () => {
    const clients = (type: string): string[] => receiver.delivered.filter((event) => event.type === type).map(({ data }) => String(data.client_id)).sort();
    await receiver.until('everybody who came to be gone', () => isDeepStrictEqual(clients('client.online'), clients('client.offline')));
    const isNoted = async (): Promise<Metrics | undefined> => {
      const metrics = await Metrics.of(server, adminToken());
      return metrics.value('chatapi_webhook_attempts_total', { outcome: 'delivered' }) === receiver.requests.length ? metrics : undefined;
    };
    // The receiver has a request before the server has its answer.
    const metrics = await eventually('the answers to be noted', isNoted);
    const queued = new Set(receiver.requests.map(({ event }) => event.id)).size;
    expect(metrics.value('chatapi_webhooks_queued_total')).toBe(queued);
    expect(metrics.value('chatapi_webhook_delay_seconds_count')).toBe(receiver.requests.length);
    expect(metrics.value('chatapi_webhook_duration_seconds_count')).toBe(receiver.requests.length);
    expect(metrics.value('chatapi_webhook_queue_limit')).toBe(100_000);
    expect(receiver.requests.map(({ event }) => event.data.tenant)).not.toContain('$system');
  });

  it('is as GET /docs/openapi.json says', async () => {
    const judge = new OpenApiJudge((await (await fetch(`${server.origin}/docs/openapi.json`)).json()) as OpenApiDocument);
    expect(receiver.requests.flatMap(({ event }) => judge.faultsOfWebhook(event.type, event))).toEqual([]);
    for (const [type, { post }] of Object.entries(judge.document.webhooks)) {
      const { headers = {} } = receiver.requests.find(({ event }) => event.type === type) ?? {};
      for (const { name } of post.parameters ?? []) expect(headers[name], `${name} of ${type}`).toBeTruthy();
    }
  });

  it('is in the log without URL and secret', () => {
    expect(server.output).not.toMatch(/hunter2|whsec_|hooks\?/);
  });
});
