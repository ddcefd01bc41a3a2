// Real answers of every route, held against the OpenAPI document: what is documented comes, and nothing else does.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenApiDocument, OpenApiJudge, type Operation } from '../../support/openapi-judge.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken, signToken } from '../../support/tokens.js';

/** One request, by the document's words. */
interface Asked {
  /** Who asks; nobody when null. @defaultValue an administrator */
  token?: string | null;
  /** Values of the path's and the query's parameters. */
  path?: Record<string, string | number>;
  query?: Record<string, string>;
  /** A string is sent as it is. */
  body?: unknown;
  contentType?: string;
  headers?: Record<string, string>;
}

const ADMIN = adminToken();
const BACKEND = signToken({ sub: 'backend', scope: 'publish' });
const ALICE = signToken({ sub: 'alice' });
const STRANGER = signToken({ sub: 'stranger' });
const LOBBY = { room_id: 'lobby' };

const server = new ServerProcess({ MAX_PAYLOAD_BYTES: '4096', PUBLISH_RATE_LIMIT_MAX: '0' });
const answered = new Map<string, Set<number>>();
let judge: OpenApiJudge;
let alice: RecordingClient;

beforeAll(async () => {
  await server.start();
  judge = new OpenApiJudge((await (await fetch(`${server.origin}/docs/openapi.json`)).json()) as OpenApiDocument);
  alice = await new RecordingClient(server, 'alice', { device: 'laptop' }).connect();
});
afterAll(async () => {
  await alice?.cut();
  await server.destroy();
});

/** Asks, expects this status and an answer as the document has it, and returns the body. */
async function ask(operationId: string, status: number, { token = ADMIN, path = {}, query, body, contentType = 'application/json', headers = {} }: Asked = {}): Promise<Record<string, unknown>> {
  const { method, path: template } = find(operationId);
  const filled = template.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(path[name])));
  const response = await fetch(`${server.origin}${filled}${query === undefined ? '' : `?${new URLSearchParams(query).toString()}`}`, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': contentType }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const contentTypeAnswered = response.headers.get('content-type');
  // A stream goes on for ever.
  const isStream = contentTypeAnswered === 'text/event-stream';
  const text = isStream ? '' : await response.text();
  if (isStream) await response.body?.cancel();
  const faults = judge.faultsOf(method, template, { status: response.status, contentType: contentTypeAnswered, text });
  expect({ operationId, status: response.status, faults }, text).toEqual({ operationId, status, faults: [] });
  answered.set(operationId, (answered.get(operationId) ?? new Set()).add(status));
  return contentTypeAnswered?.includes('json') === true ? (JSON.parse(text) as Record<string, unknown>) : {};
}

/** Announces a body that is too large: nobody waits for it. */
async function askTooMuch(operationId: string, path: Record<string, string>): Promise<void> {
  const { method, path: template } = find(operationId);
  const filled = template.replace(/\{(\w+)\}/g, (_all, name: string) => path[name]);
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json', 'content-length': 9 * 1024 * 1024 };
  const asking = request(`${server.origin}${filled}`, { method: method.toUpperCase(), headers });
  asking.flushHeaders();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const text = (await response.toArray()).join('');
  asking.destroy();
  const faults = judge.faultsOf(method, template, { status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? null, text });
  expect({ operationId, status: response.statusCode, faults }).toEqual({ operationId, status: 413, faults: [] });
}

function find(operationId: string): { method: string; path: string; operation: Operation } {
  const found = judge.operations.find(({ operation }) => operation.operationId === operationId);
  if (found === undefined) throw new Error(`${operationId} is not documented`);
  return found;
}

/** The example that the document gives for a body. */
function exampleBody(operationId: string): unknown {
  return find(operationId).operation.requestBody?.content['application/json'].example;
}

describe('what succeeds', () => {
  it('rooms and members, made with the documented examples', async () => {
    await ask('roomsCreate', 201, { body: exampleBody('roomsCreate') });
    await ask('roomsCreate', 201);
    expect(await ask('roomsList', 200, { query: { limit: '1' } })).toHaveProperty('next_cursor');
    await ask('roomsList', 200, { token: ALICE, query: { prefix: 'lob' } });
    await ask('roomsGet', 200, { path: LOBBY });
    await ask('roomsUpdate', 200, { path: LOBBY, body: exampleBody('roomsUpdate') });
    await ask('roomsUpdate', 200, { path: LOBBY, body: { name: null, metadata: null } });
    await ask('membersAdd', 204, { path: { ...LOBBY, client_id: 'dave' }, query: { silent: 'true' } });
    await ask('membersRemove', 204, { path: { ...LOBBY, client_id: 'dave' } });
    await ask('membersChangeMany', 200, { path: LOBBY, body: exampleBody('membersChangeMany') });
    await ask('membersList', 200, { path: LOBBY, token: ALICE });
    await ask('membersListPresence', 200, { path: LOBBY });
  });

  it('publishing, and looking at what became of it', async () => {
    const { seq } = await ask('messagesSend', 201, { path: LOBBY, token: ALICE, body: exampleBody('messagesSend') });
    await ask('messagesSend', 201, { path: LOBBY, token: BACKEND, body: { content: 'plain', client_id: 'ci' } });
    await ask('publishNotifyRoom', 201, { path: LOBBY, token: BACKEND, body: exampleBody('publishNotifyRoom') });
    await ask('publishNotifyClient', 201, { path: { client_id: 'alice' }, token: BACKEND, body: exampleBody('publishNotifyClient') });
    const { results } = await ask('publishPublish', 200, { token: BACKEND, body: exampleBody('publishPublish') });
    expect((results as { status: number }[]).map(({ status }) => status)).toEqual([201, 201, 201]);
    const mixed = [{ room_id: 'no-such-room', content: 'x' }, { room_id: 'lobby' }, 5].map((item) => JSON.stringify(item)).join('\n');
    const { results: refused } = await ask('publishPublish', 200, { token: BACKEND, body: `${mixed}\nnot json`, contentType: 'application/x-ndjson' });
    expect((refused as { status: number }[]).map(({ status }) => status)).toEqual([404, 400, 400, 400]);
    await ask('messagesRead', 200, { path: LOBBY, token: ALICE, query: { after: '0' } });
    expect(await ask('messagesRead', 200, { path: LOBBY, query: { limit: '2' } })).toHaveProperty('next_after');
    await ask('messagesListReceipts', 200, { path: { ...LOBBY, seq: seq as number }, token: ALICE });
    await ask('clientsGetPresence', 200, { path: { client_id: 'alice' } });
    await ask('clientsGetPresence', 200, { path: { client_id: 'never-seen' } });
    await ask('clientsGetQueue', 200, { path: { client_id: 'carol' } });
    await ask('acknowledgementsAcknowledge', 204, { path: { client_id: 'alice' }, token: ALICE, body: exampleBody('acknowledgementsAcknowledge') });
    await ask('clientsGetQueue', 200, { path: { client_id: 'alice' }, token: ALICE, query: { device: 'laptop' } });
  });

  it('event streams, and the preflights of pages from elsewhere', async () => {
    await ask('sseOpen', 200, { token: ALICE });
    const headers = { origin: 'https://chat.example.com', 'access-control-request-method': 'GET' };
    await ask('ssePreflight', 204, { token: null, headers });
    await ask('acknowledgementPreflightPreflight', 204, { token: null, path: { client_id: 'alice' }, headers });
  });

  it('operating', async () => {
    const { items } = await ask('connectionsList', 200);
    await ask('connectionsClose', 204, { path: { id: (items as { id: string }[])[0].id } });
    await ask('connectionsCloseAll', 204, { path: { client_id: 'bob' } });
    await ask('bansBan', 200, { path: { client_id: 'mallory' }, body: exampleBody('bansBan') });
    await ask('bansList', 200);
    await ask('bansLift', 204, { path: { client_id: 'eve' } });
    await ask('tokensRevoke', 204, { body: exampleBody('tokensRevoke') });
    await ask('tokensRevoke', 204, { body: { jti: 'token-7' } });
    await ask('auditList', 200, { query: { limit: '200' } });
    expect(await ask('auditList', 200, { query: { limit: '1' } })).toHaveProperty('next_cursor');
    await ask('statsRead', 200);
  });

  it('health, metrics, the console and the documentation', async () => {
    const token = null;
    await ask('healthCheck', 200, { token });
    await ask('healthLive', 200, { token });
    await ask('healthReady', 200, { token });
    await ask('metricsRead', 200);
    for (const page of ['console', 'docs']) {
      await ask(`${page}Document`, 200, { token });
      const html = await (await fetch(`${server.origin}/${page}`)).text();
      for (const [, file] of html.matchAll(new RegExp(`"\\./${page}/([\\w.-]+)"`, 'g'))) await ask(`${page}Asset`, 200, { token, path: { file } });
    }
    await ask('docsOpenApi', 200, { token });
    await ask('docsAsyncApi', 200, { token });
  });
});

describe('what fails', () => {
  it('without a token, and with one that is banned, everywhere below /api/v1', async () => {
    await ask('bansBan', 200, { path: { client_id: 'mallory' }, body: { seconds: 60 } });
    const path = { room_id: 'lobby', client_id: 'x', id: 'x', seq: 1 };
    const banned = signToken({ sub: 'mallory', scope: 'admin' });
    for (const { path: template, operation } of judge.operations.filter(({ method, path: template }) => template.startsWith('/api/') && method !== 'options')) {
      expect(await ask(operation.operationId, 401, { token: null, path }), template).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await ask(operation.operationId, 403, { token: banned, path }), template).toMatchObject({ code: 'CLIENT_BANNED' });
    }
    await ask('metricsRead', 401, { token: null });
    await ask('sseOpen', 401, { token: null });
    await ask('sseOpen', 403, { token: banned });
  });

  it('without the scope, wherever one is documented', async () => {
    const path = { room_id: 'lobby', client_id: 'x', id: 'x', seq: 1 };
    const scoped = judge.operations.filter(({ operation }) => (operation.security?.[0].bearer.length ?? 0) > 0);
    for (const { operation } of scoped) expect(await ask(operation.operationId, 403, { token: STRANGER, path }), operation.operationId).toMatchObject({ code: 'FORBIDDEN' });
    expect(scoped.length).toBeGreaterThan(10);
  });

  it('with a body that is not valid, too large, or of another type, wherever one is read', async () => {
    const path = { room_id: 'lobby', client_id: 'x' };
    for (const { operation } of judge.operations.filter(({ operation }) => operation.requestBody !== undefined)) {
      await ask(operation.operationId, 400, { path, body: 'not json' });
      await ask(operation.operationId, 400, { path, body: { id: 7, name: 7, add: 7, seconds: 'x', jti: 7, content: 7 } });
      await ask(operation.operationId, 415, { path, body: '<text/>', contentType: 'application/xml' });
      await askTooMuch(operation.operationId, path);
    }
    expect(await ask('messagesSend', 413, { path: LOBBY, body: { content: 'x'.repeat(5000) } })).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it('with a query that is not valid, wherever one is read', async () => {
    const path = { room_id: 'lobby', client_id: 'x', seq: 1 };
    const bad = { limit: 'x', cursor: 'x', after: 'x', silent: 'x', device: '/', since: 'x' };
    const asking = judge.operations.filter(({ operation }) => operation.parameters?.some((parameter) => parameter.in === 'query') === true);
    for (const { operation } of asking) expect(await ask(operation.operationId, 400, { path, query: bad }), operation.operationId).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('about what is not there, or is somebody else’s', async () => {
    const path = { room_id: 'no-such-room', client_id: 'nobody', id: 'none', seq: 1 };
    for (const operationId of ['roomsGet', 'roomsUpdate', 'roomsDelete', 'membersList', 'membersListPresence', 'membersAdd', 'messagesRead', 'messagesListReceipts']) {
      expect(await ask(operationId, 404, { path })).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    }
    await ask('membersChangeMany', 404, { path, body: { add: ['a'] } });
    await ask('messagesSend', 404, { path, body: { content: 'x' } });
    await ask('publishNotifyRoom', 404, { path, body: { type: 'news', data: {} } });
    await ask('messagesListReceipts', 404, { path: { ...LOBBY, seq: 9_999 } });
    await ask('connectionsClose', 404, { path });
    await ask('clientsGetPresence', 404, { path, token: STRANGER });
    await ask('clientsGetQueue', 403, { path, token: STRANGER });
    await ask('messagesSend', 403, { path: LOBBY, token: ALICE, body: { content: 'x', client_id: 'bob' } });
    await ask('membersRemove', 403, { path: { ...LOBBY, client_id: 'bob' }, token: ALICE });
    await ask('roomsCreate', 409, { body: { id: 'lobby' } });
    await ask('acknowledgementsAcknowledge', 403, { path: { client_id: 'alice' }, token: STRANGER, body: { room_id: 'lobby', seq: 1 } });
    await ask('sseOpen', 400, { token: ALICE, query: { device: '/' } });
    await ask('docsAsset', 404, { token: null, path: { file: 'none.js' } });
  });

  it('beyond the rate limit', async () => {
    const limited = await new ServerProcess({ RATE_LIMIT_MAX: '1' }).start();
    try {
      await limited.admin.createRoom({ id: 'r', members: ['alice'] });
      const url = `${limited.origin}/api/v1/rooms/r/messages`;
      const send = (): Promise<Response> => fetch(url, { method: 'POST', headers: { authorization: `Bearer ${ALICE}`, 'content-type': 'application/json' }, body: '{"content":"x"}' });
      const [first, second] = [await send(), await send()];
      for (const response of [first, second]) {
        const headers = Object.keys((judge.document.components as unknown as { headers: object }).headers);
        expect(headers.filter((name) => response.headers.get(name) === null && response.status === 201)).toEqual([]);
        const given = { status: response.status, contentType: response.headers.get('content-type'), text: await response.text() };
        expect(judge.faultsOf('post', '/api/v1/rooms/{room_id}/messages', given)).toEqual([]);
      }
      expect([first.status, second.status, second.headers.get('retry-after')]).toEqual([201, 429, expect.stringMatching(/^\d+$/)]);
    } finally {
      await limited.destroy();
    }
  });
});

describe('in the end', () => {
  it('the room is deleted', async () => {
    await ask('roomsDelete', 204, { path: LOBBY });
  });

  it('every operation has succeeded', () => {
    const succeeded = [...answered].filter(([, statuses]) => [...statuses].some((status) => status < 300)).map(([operationId]) => operationId);
    expect(succeeded.sort()).toEqual(judge.operations.map(({ operation }) => operation.operationId).sort());
  });
});
