// Who gets an event stream: refusals are HTTP answers, since a browser that gets one does not try again by itself.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStreamClient, type Refusal } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { isMessage } from '../../support/frame.js';
import { Metrics } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const lines: string[] = [];
const server = new ServerProcess({ MAX_CONNECTIONS_PER_CLIENT: '2', CONNECTION_LIMIT_POLICY: 'close-oldest', DEBUG_MODE: 'scope', ALLOWED_ORIGINS: 'https://shop.example' }, { onLine: (line) => lines.push(line) });
const strict = new ServerProcess({ AUTH_FAILURES_PER_MINUTE: '2', MAX_CONNECTIONS_PER_IP: '2', MAX_CONNECTIONS_PER_CLIENT: '1', CONTROL_RATE_LIMIT_MAX: '10' });
const full = new ServerProcess({ MAX_CONNECTIONS: '1' });
const all = [server, strict, full];

beforeAll(() => Promise.all(all.map((each) => each.start())));
afterAll(() => Promise.all(all.map((each) => each.destroy())));

const refused = async (client: EventStreamClient): Promise<Refusal> => {
  const refusal = await client.tryToConnect();
  if (refusal === undefined) throw new Error('It was let in');
  return refusal;
};

describe('a token', () => {
  it('may stand in the query or in the header, and only one', async () => {
    const token = signToken({ sub: 'bearer' });
    const authorization = `Bearer ${token}`;
    const byHeader = await new EventStreamClient(server, 'bearer', { token: '', headers: { authorization } }).connect();
    await byHeader.cut();
    const byBoth = await new EventStreamClient(server, 'bearer', { token, headers: { authorization } }).connect();
    await byBoth.cut();
    expect((await refused(new EventStreamClient(server, 'bearer', { token: signToken({ sub: 'other' }), headers: { authorization } }))).status).toBe(401);
  });

  it.each([
    ['none', ''],
    ['one that is none', 'abc'],
    ['one of another key', signToken({ sub: 'x' }, 'another-secret-that-is-long-enough-too')],
    ['one that has expired', signToken({ sub: 'x', exp: 1 })],
  ])('that does not count is answered with a problem: %s', async (_, token) => {
    const { status, headers, body } = await refused(new EventStreamClient(server, 'x', { token }));
    expect(status).toBe(401);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
    expect(body).toMatchObject({ code: 'CONNECTION_ERROR', detail: 'Authentication failed' });
  });

  it('that fails again and again from one address is told when to come back; a good one still gets in', async () => {
    for (let i = 0; i < 2; i++) expect((await refused(new EventStreamClient(strict, 'x', { token: 'abc' }))).headers['retry-after']).toBeUndefined();
    const { status, headers } = await refused(new EventStreamClient(strict, 'x', { token: 'abc' }));
    expect([status, Number(headers['retry-after']) > 0]).toEqual([401, true]);
    await (await new EventStreamClient(strict, 'good').connect()).cut();
  });

  it('is in no line of the log', async () => {
    const client = await new EventStreamClient(server, 'unlogged').connect();
    await client.cut();
    await eventually('its end in the log', () => lines.some((line) => line.includes('"disconnected"') && line.includes('"unlogged"')));
    expect(lines.filter((line) => line.includes('eyJ'))).toEqual([]);
    expect(lines.find((line) => line.includes('"connected"') && line.includes('"unlogged"'))).toContain('"transport":"sse"');
  });
});

describe('what cannot be served', () => {
  it.each([{ device: 'not a device' }, { debug: 'perhaps' }, { ack: 'never' }])('is a 400: %o', async (query) => {
    const { status, body } = await refused(new EventStreamClient(server, 'x', { query: query as unknown as Record<string, string> }));
    expect([status, body.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('is a 405 for HEAD', async () => {
    const { status, headers } = await fetch(`${server.origin}/sse?token=${signToken({ sub: 'x' })}`, { method: 'HEAD' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  });
});

describe('limits', () => {
  it('on connections of a client close the oldest, whatever carries it, and tell it to come back much later', async () => {
    const oldest = await new EventStreamClient(server, 'many').connect();
    const socket = await new RecordingClient(server, 'many').connect();
    const newest = await new EventStreamClient(server, 'many').connect();
    await oldest.ending();
    expect(oldest.frames).toMatchObject([{ type: 'error', data: { code: 'CONNECTION_ERROR', message: 'At most 2 connections of a client are allowed' } }]);
    expect(oldest.retryMs).toBe(60_000);
    const third = await new RecordingClient(server, 'many').connect();
    expect((await socket.ending()).code).toBe(4429);
    await newest.cut();
    await third.closeCleanly();
  });

  it('on connections of a client refuse the newest where that is the policy, and on those of an address', async () => {
    const first = await new EventStreamClient(strict, 'first').connect();
    const again = await refused(new EventStreamClient(strict, 'first'));
    expect([again.status, again.headers['retry-after'], again.body.code]).toEqual([429, '5', 'CONNECTION_ERROR']);
    const second = await new EventStreamClient(strict, 'second').connect();
    expect(await refused(new EventStreamClient(strict, 'third'))).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    await first.cut();
    await second.cut();
  });

  it('on all connections are a 503 with Retry-After, and count in the metrics', async () => {
    const only = await new EventStreamClient(full, 'only').connect();
    expect(await refused(new EventStreamClient(full, 'other'))).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { title: 'Service Unavailable', status: 503 } });
    const metrics = await Metrics.of(full);
    expect(metrics.value('chatapi_active_connections')).toBe(1);
    expect(metrics.value('chatapi_active_event_streams')).toBe(1);
    expect(metrics.value('chatapi_event_streams_total')).toBe(1);
    expect(metrics.value('chatapi_connection_refusals_total', { reason: 'too_many_connections' })).toBe(1);
    await only.cut();
    await eventually('the place to be free', async () => (await Metrics.of(full)).value('chatapi_active_event_streams') === 0);
  });
});

describe('acknowledging over HTTP', () => {
  it('counts against the limit of what is no message', async () => {
    await strict.admin.createRoom({ id: 'eager', members: ['eager'] });
    const acknowledge = () => strict.api(signToken({ sub: 'eager' })).request<{ code?: string }>('POST', '/clients/eager/acknowledgements', { room_id: 'eager', seq: 0 });
    for (let i = 0; i < 10; i++) expect((await acknowledge()).status).toBe(204);
    const { status, body, headers } = await acknowledge();
    expect([status, body.code, Number(headers.get('retry-after')) > 0]).toEqual([429, 'RATE_LIMIT_EXCEEDED', true]);
  });
});

describe('a page', () => {
  const from = (origin: string): EventStreamClient => new EventStreamClient(server, 'page', { headers: { origin } });

  it('of an allowed origin may read its stream, and why it has none', async () => {
    const client = await from('https://shop.example').connect();
    expect(client.headers).toMatchObject({ 'access-control-allow-origin': 'https://shop.example', vary: 'Origin' });
    await client.cut();
    const { headers } = await refused(new EventStreamClient(server, 'page', { token: 'abc', headers: { origin: 'https://shop.example' } }));
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://shop.example', 'access-control-expose-headers': 'Retry-After' });
  });

  it('of another origin gets neither', async () => {
    for (const origin of ['https://evil.example', 'https://shop.example.evil', 'null']) {
      const { status, headers, body } = await refused(from(origin));
      expect([status, body.code, headers['access-control-allow-origin']], origin).toEqual([403, 'FORBIDDEN', undefined]);
    }
  });

  it('may ask first what it may send, for the stream and for acknowledging', async () => {
    const ask = (path: string, origin: string): Promise<Response> =>
      fetch(`${server.origin}${path}`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } });
    for (const [path, method] of [['/sse', 'GET'], ['/api/v1/clients/page/acknowledgements', 'POST']]) {
      const allowed = await ask(path, 'https://shop.example');
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
      expect(allowed.headers.get('access-control-allow-methods')).toBe(method);
      expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
      const refusal = await ask(path, 'https://evil.example');
      expect([refusal.status, refusal.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });
});

describe('a connection', () => {
  it('may stand behind another request on the same line', async () => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.write(`GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /sse?token=${signToken({ sub: 'piper' })} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually('both answers', () => /200 OK[^]*200 OK[^]*text\/event-stream[^]*\nretry: \d+\n\n/.test(text));
    await server.admin.notifyClient('piper', 'note', { text: 'through the pipe' });
    await eventually('the note', () => text.includes('through the pipe'));
    socket.destroy();
  });

  it('is listed with what carries it, and closed by an administrator', async () => {
    const client = await new EventStreamClient(server, 'listed', { query: { device: 'tv' } }).connect();
    const { body } = await server.admin.request<{ items: { id: string }[] }>('GET', '/connections?client_id=listed');
    expect(body.items).toMatchObject([{ client_id: 'listed', device: 'tv', transport: 'sse', acknowledgement: 'resumption', control_frames: false, buffered_bytes: 0 }]);
    await server.admin.request('DELETE', `/connections/${body.items[0].id}`);
    await client.ending();
    expect(client.retryMs).toBe(0);
  });

  it('that is debugged is told how each notification came, if its token allows that', async () => {
    await server.admin.createRoom({ id: 'debugged', members: ['developer'] });
    const query = { debug: 'true' };
    const client = await new EventStreamClient(server, 'developer', { query, token: signToken({ sub: 'developer', scope: 'debug' }) }).connect();
    await server.admin.publish('debugged', { content: 'look' });
    const { debug, seq } = await client.next('the message', isMessage('look'));
    expect(debug).toMatchObject({ seq, attempt: 1, replayed: false });
    expect(client.lastEventId).toBe('debugged:1');
    await client.cut();
    const curious = await new EventStreamClient(server, 'developer', { query }).connect();
    expect((await curious.next('the refusal', ({ type }) => type === 'error')).data).toMatchObject({ code: 'FORBIDDEN' });
    await curious.cut();
  });

  it('receives what its token receives, and does not get the rest when it comes back', async () => {
    await server.admin.createRoom({ id: 'filtered', members: ['picky'] });
    const client = await new EventStreamClient(server, 'picky', { token: signToken({ sub: 'picky', scope: 'receive:news' }) }).connect();
    for (let i = 1; i <= 3; i++) {
      await server.admin.publish('filtered', { content: `${i}` });
      await server.admin.notifyRoom('filtered', 'news', { i });
    }
    await client.next('the last', ({ data }) => data.i === 3);
    expect(client.frames.map(({ type, seq }) => [type, seq])).toEqual([['news', 2], ['news', 4], ['news', 6]]);
    await client.cut();
    await server.admin.notifyRoom('filtered', 'news', { i: 4 });
    await client.connect();
    await client.next('what came meanwhile', ({ data }) => data.i === 4);
    expect(client.framesOfConnection).toHaveLength(1);
    await client.cut();
  });
});
