// Traces: from the publisher's own span to the acknowledgement, over real OTLP; and nothing of it where it is off.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMessage } from '../support/frame.js';
import { type CollectedSpan, OtlpCollector } from '../support/otlp-collector.js';
import { RecordingClient } from '../support/recording-client.js';
import { RedisProcess } from '../support/redis-process.js';
import { PROJECT_ROOT, ServerProcess } from '../support/server-process.js';
import { adminToken, signToken } from '../support/tokens.js';

const LOADED_PACKAGES = fileURLToPath(new URL('../support/preloads/loaded-packages.mjs', import.meta.url));
const collector = new OtlpCollector();
let server: ServerProcess;

const variables = (): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=secret',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  OTEL_SERVICE_NAME: 'chat-under-test',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
});

beforeAll(async () => {
  await collector.start();
  server = await new ServerProcess({ NODE_NAME: 'node-1', ACK_SETTLE_MS: '0', MAX_PAYLOAD_BYTES: '2000', ...variables() }).start();
});
afterAll(async () => {
  await server.destroy();
  await collector.stop();
});

/** A span of the publisher's, and its `traceparent`. */
function span(sampled = true): { traceId: string; spanId: string; traceparent: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
}

async function post(to: ServerProcess, path: string, body: unknown, traceparent?: string, type = 'application/json'): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${adminToken()}`, 'content-type': type, ...(traceparent !== undefined && { traceparent }) };
  const response = await fetch(`${to.origin}/api/v1${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

const named = (traceId: string, name: string): CollectedSpan[] => collector.of(traceId).filter((found) => found.name === name);
const have = (traceId: string, ...names: string[]): Promise<void> =>
  collector.until(names.join(', '), () => names.every((name) => named(traceId, name).length > 0));

describe('a notification that is published with a traceparent', () => {
  it('is followed through append and fan-out to each acknowledgement, in the trace of its publisher', async () => {
    await server.admin.createRoom({ id: 'traced', members: ['ann', 'bob'] });
    const clients = await Promise.all(['ann', 'bob'].map((name) => new RecordingClient(server, name).connect()));
    await Promise.all(clients.map((client) => client.next('its greeting', ({ type }) => type === 'connected')));
    const publisher = span();
    expect((await post(server, '/rooms/traced/messages', { content: 'hello' }, publisher.traceparent)).status).toBe(201);
    for (const client of clients) {
      const frame = await client.next('the message', isMessage('hello'));
      expect(Object.keys(frame)).toEqual(['type', 'id', 'seq', 'data']);
      expect(JSON.stringify(frame)).not.toContain(publisher.traceId);
      await client.acknowledged();
    }
    await collector.until('two acknowledgements', () => named(publisher.traceId, 'acknowledge').length === 2);
    await have(publisher.traceId, 'publish', 'append', 'fan-out');

    const [publish, append, fanOut] = ['publish', 'append', 'fan-out'].flatMap((name) => named(publisher.traceId, name));
    const acknowledgements = named(publisher.traceId, 'acknowledge');
    expect(publish).toMatchObject({
      parentSpanId: publisher.spanId,
      kind: 2,
      attributes: { 'chatapi.tenant': 'default', 'chatapi.log': 'traced', 'chatapi.type': 'message', 'chatapi.count': 1, 'chatapi.seq': 1, 'chatapi.duplicate': false },
    });
    expect(append).toMatchObject({ parentSpanId: publish.spanId, attributes: { 'chatapi.engine': 'embedded', 'chatapi.count': 1, 'chatapi.refused': 0 } });
    expect(fanOut).toMatchObject({ parentSpanId: publish.spanId, attributes: { 'chatapi.log': 'traced', 'chatapi.from_seq': 1, 'chatapi.to_seq': 1, 'chatapi.receivers': 2 } });
    expect(acknowledgements.map(({ parentSpanId }) => parentSpanId)).toEqual([fanOut.spanId, fanOut.spanId]);
    expect(acknowledgements.map(({ attributes }) => attributes['chatapi.client_id']).sort()).toEqual(['ann', 'bob']);
    for (const found of collector.of(publisher.traceId)) {
      expect(BigInt(found.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(found.endTimeUnixNano));
      expect(found.resource).toMatchObject({ 'service.name': 'chat-under-test', 'service.instance.id': 'node-1', 'deployment.environment': 'test' });
    }
    expect(collector.requests.at(-1)).toMatchObject({ path: '/v1/traces', 'x-collector-key': 'secret' });
    expect(JSON.stringify(collector.spans)).not.toContain('hello');
    await Promise.all(clients.map((client) => client.closeCleanly()));
  });

  it('is one publish, one append and one fan-out a room when it is many at once', async () => {
    await server.admin.createRoom({ id: 'bulk-1', members: ['carl'] });
    await server.admin.createRoom({ id: 'bulk-2', members: ['carl'] });
    const carl = await new RecordingClient(server, 'carl').connect();
    await carl.next('its greeting', ({ type }) => type === 'connected');
    const items = Array.from({ length: 20 }, (_, i) => ({ room_id: `bulk-${1 + (i % 2)}`, content: `n${i}` }));
    const [array, lines] = [span(), span()];
    expect((await post(server, '/publish', items, array.traceparent)).status).toBe(200);
    expect((await post(server, '/publish', items.map((item) => JSON.stringify(item)).join('\n'), lines.traceparent, 'application/x-ndjson')).status).toBe(200);
    for (const { traceId, spanId } of [array, lines]) {
      await collector.until('two fan-outs', () => named(traceId, 'fan-out').length === 2);
      await have(traceId, 'publish', 'append');
      expect(named(traceId, 'publish')).toMatchObject([{ parentSpanId: spanId, attributes: { 'chatapi.count': 20 } }]);
      expect(named(traceId, 'append')).toHaveLength(1);
      expect(named(traceId, 'fan-out').map(({ attributes }) => [attributes['chatapi.log'], attributes['chatapi.count']]).sort()).toEqual([['bulk-1', 10], ['bulk-2', 10]]);
    }
    await carl.closeCleanly();
  });

  it('comes over WebSocket and as a custom notification alike', async () => {
    await server.admin.createRoom({ id: 'sent', members: ['dora'] });
    const dora = await new RecordingClient(server, 'dora').connect();
    const [sent, room, personal] = [span(), span(), span()];
    expect(await dora.command('message', { room_id: 'sent', content: 'x', traceparent: sent.traceparent })).toMatchObject({ type: 'ack' });
    expect((await post(server, '/rooms/sent/notifications', { type: 'news', data: {} }, room.traceparent)).status).toBe(201);
    expect((await post(server, '/clients/dora/notifications', { type: 'news', data: {} }, personal.traceparent)).status).toBe(201);
    for (const { traceId, spanId } of [sent, room, personal]) {
      await have(traceId, 'publish', 'append', 'fan-out');
      expect(named(traceId, 'publish').map(({ parentSpanId }) => parentSpanId)).toEqual([spanId]);
    }
    await dora.closeCleanly();
  });

  it('is not followed when its publisher does not sample, and begins a trace when it names none that can be used', async () => {
    await server.admin.createRoom({ id: 'unsampled', members: ['erin'] });
    const unsampled = span(false);
    expect((await post(server, '/rooms/unsampled/messages', { content: 'x' }, unsampled.traceparent)).status).toBe(201);
    const before = new Set(collector.spans.map(({ spanId }) => spanId));
    const fresh = (): CollectedSpan[] => collector.spans.filter(({ spanId, name, attributes }) => !before.has(spanId) && name === 'publish' && attributes['chatapi.log'] === 'unsampled');
    for (const traceparent of [undefined, 'garbage', '00-00000000000000000000000000000000-00f067aa0ba902b7-01']) {
      expect((await post(server, '/rooms/unsampled/messages', { content: 'x' }, traceparent)).status).toBe(201);
    }
    await collector.until('three new traces', () => fresh().length === 3);
    expect(fresh().map(({ parentSpanId }) => parentSpanId ?? '')).toEqual(['', '', '']);
    expect(new Set(fresh().map(({ traceId }) => traceId)).size).toBe(3);
    expect(collector.of(unsampled.traceId)).toEqual([]);
  });

  it('says with what code it was refused, and nothing of what was sent', async () => {
    const refused = span();
    expect((await post(server, '/rooms/never-made/messages', { content: 'to nobody' }, refused.traceparent)).status).toBe(404);
    await have(refused.traceId, 'publish', 'append');
    expect(named(refused.traceId, 'publish')).toMatchObject([{ status: { code: 2, message: 'ROOM_NOT_FOUND' }, attributes: { 'error.type': 'ROOM_NOT_FOUND' } }]);
    expect(named(refused.traceId, 'fan-out')).toEqual([]);
  });

  it('makes spans of no more than ten acknowledgements at a server', async () => {
    const members = Array.from({ length: 14 }, (_, i) => `m${i}`);
    await server.admin.createRoom({ id: 'crowd', members });
    const clients = await Promise.all(members.map((name) => new RecordingClient(server, name).connect()));
    await Promise.all(clients.map((client) => client.next('its greeting', ({ type }) => type === 'connected')));
    const publisher = span();
    await post(server, '/rooms/crowd/messages', { content: 'to all' }, publisher.traceparent);
    for (const client of clients) {
      await client.next('the message', isMessage('to all'));
      await client.acknowledged();
      await client.closeCleanly();
    }
    // What is published behind it is exported behind it.
    const last = span();
    await post(server, '/rooms/crowd/messages', { content: 'the last' }, last.traceparent);
    await have(last.traceId, 'publish');
    expect(named(publisher.traceId, 'acknowledge')).toHaveLength(10);
    expect(named(publisher.traceId, 'fan-out')).toMatchObject([{ attributes: { 'chatapi.receivers': 14 } }]);
  });
});

describe('two servers over one Redis', () => {
  it('have one trace: published at one, fanned out and acknowledged at the other', async () => {
    const redis = await new RedisProcess().start();
    const settings = { ENGINE: 'redis', REDIS_URL: redis.url, ACK_SETTLE_MS: '0', ...variables() };
    const [first, second] = [new ServerProcess({ ...settings, NODE_NAME: 'first' }), new ServerProcess({ ...settings, NODE_NAME: 'second' })];
    try {
      await Promise.all([first.start(), second.start()]);
      await first.admin.createRoom({ id: 'far', members: ['fay'] });
      const fay = await new RecordingClient(second, 'fay').connect();
      await fay.next('its greeting', ({ type }) => type === 'connected');
      const publisher = span();
      expect((await post(first, '/rooms/far/messages', { content: 'over there' }, publisher.traceparent)).status).toBe(201);
      const frame = await fay.next('the message', isMessage('over there'));
      expect([frame.type, Object.keys(frame)]).toEqual(['message', ['type', 'id', 'seq', 'data']]);
      await fay.acknowledged();
      await have(publisher.traceId, 'publish', 'append', 'fan-out', 'acknowledge');
      const where = (name: string): unknown[] => named(publisher.traceId, name).map(({ resource }) => resource['service.instance.id']).sort();
      expect([where('publish'), where('append'), where('acknowledge')]).toEqual([['first'], ['first'], ['second']]);
      expect(where('fan-out')).toContain('second');
      await fay.closeCleanly();
      const again = await new RecordingClient(first, 'fay', { token: signToken({ sub: 'fay' }) }).connect();
      await again.next('its greeting', ({ type }) => type === 'connected');
      const { body } = await first.admin.request<{ items: { type: string }[] }>('GET', '/rooms/far/messages');
      expect(body.items.map(({ type }) => type)).toEqual(['message']);
      await again.closeCleanly();
    } finally {
      await Promise.all([first.destroy(), second.destroy()]);
      await redis.destroy();
    }
  });
});

describe('the modules of OpenTelemetry', () => {
  /** What a server that is started with these variables, and has published and delivered, has loaded of them. */
  async function loaded(environment: Record<string, string>): Promise<string[]> {
    const lines: string[] = [];
    const probed = new ServerProcess(environment, { nodeArguments: ['--import', LOADED_PACKAGES], onLine: (line) => lines.push(line) });
    try {
      await probed.start();
      await probed.admin.createRoom({ id: 'probed', members: ['gus'] });
      const gus = await new RecordingClient(probed, 'gus').connect();
      await post(probed, '/rooms/probed/messages', { content: 'x' }, span().traceparent);
      await gus.next('the message', isMessage('x'));
      await gus.acknowledged();
      await gus.closeCleanly();
      await probed.stop();
    } finally {
      await probed.destroy();
    }
    // prom-client needs the bare API for its exemplars, whoever traces.
    return lines.filter((line) => line.startsWith('loaded ') && !line.startsWith(`loaded @opentelemetry/api by ${join(PROJECT_ROOT, 'node_modules', 'prom-client')}`));
  }

  it('are not loaded without OTEL_* variables, nor where these switch it off', async () => {
    expect(await loaded({})).toEqual([]);
    expect(await loaded({ ...variables(), OTEL_SDK_DISABLED: 'true' })).toEqual([]);
    expect(await loaded({ ...variables(), OTEL_TRACES_EXPORTER: 'none' })).toEqual([]);
  });

  it('are loaded with them, the exporter that is asked for and no other', async () => {
    const found = (await loaded(variables())).join('\n');
    expect(found).toContain('sdk-trace-base');
    expect(found).toContain('exporter-trace-otlp-http');
    expect(found).not.toContain('exporter-trace-otlp-proto');
  });
});
