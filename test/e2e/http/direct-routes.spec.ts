// The short way of messages: answers as the long way would, to the letter, and leaves to it what is not plain.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BanList } from '../../../src/limits/index.js';
import { signToken } from '../../support/tokens.js';
import { ApiServer } from './api-server.js';

const ALICE = signToken({ sub: 'alice' });
const MALLORY = signToken({ sub: 'mallory' });
const BACKEND = signToken({ sub: 'backend', scope: 'publish' });
const JSON_TYPE = ['Content-Type: application/json'];

/** One request as it stands on the wire, and the whole answer. */
function exchange(origin: string, lines: readonly string[], body = '', path = '/rooms/r/messages'): Promise<string> {
  const { port, host } = new URL(origin);
  const head = [`POST /api/v1${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines].join('\r\n');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${head}\r\n\r\n${body}`));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

/** An answer without what differs from one request to the next; its head sorted. */
function comparable(answer: string): unknown {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [status, ...lines] = head.split('\r\n');
  const kept = lines.map((line) => line.toLowerCase()).filter((line) => !line.startsWith('date:'));
  const same = body.replace(/msg_[\w-]{22}/, 'msg_').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME');
  return { status, head: kept.sort(), body: same };
}

const bearing = (token: string) => `Authorization: Bearer ${token}`;
const sized = (body: string, ...lines: string[]): [string[], string] => [[...lines, `Content-Length: ${Buffer.byteLength(body)}`], body];
const message = (body: string, ...lines: string[]) => sized(body, bearing(ALICE), ...JSON_TYPE, ...lines);

describe('messages on the short way', () => {
  let short: ApiServer;
  let long: ApiServer;

  beforeAll(async () => {
    // A limit of its own for everybody, so that every answer says where one stands.
    const env = { RATE_LIMIT_MAX: '60', PUBLISH_RATE_LIMIT_MAX: '1000', BAN_THRESHOLD: '0' };
    [short, long] = await Promise.all([ApiServer.start({ direct: true, env }), ApiServer.start({ env })]);
    for (const server of [short, long]) {
      await server.admin.post('/rooms').send({ id: 'r', members: ['alice', 'mallory'] }).expect(201);
      // A token is known once it was verified.
      for (const token of [ALICE, MALLORY, BACKEND]) await server.bearing(token).get('/rooms').expect(200);
    }
  });
  afterAll(() => Promise.all([short.stop(), long.stop()]));

  /** The answers of both, and whether the framework had to serve the first. */
  const both = async (lines: readonly string[], body = '', path?: string) => {
    const before = short.countLongWays();
    const answer = comparable(await exchange(short.origin, lines, body, path));
    return { answer, expected: comparable(await exchange(long.origin, lines, body, path)), wasLong: short.countLongWays() > before };
  };

  it.each([
    ['a message', message('{"content":"hello €"}')],
    ['a message with an id and metadata', message('{"content":"x","id":"mine","metadata":{"a":[1,"2",null]}}')],
    ['the same id again', message('{"content":"y","id":"mine"}')],
    ['an idempotency key', message('{"content":"x"}', 'Idempotency-Key: k 1')],
    ['an idempotency key that cannot be used', message('{"content":"x"}', `Idempotency-Key: ${'x'.repeat(256)}`)],
    ['a type with its character set', sized('{"content":"x"}', bearing(ALICE), 'Content-Type: application/json; charset=utf-8')],
    ['another scheme spelling', sized('{"content":"x"}', `AUTHORIZATION: bearer ${ALICE}`, ...JSON_TYPE)],
    ['fields of the wrong kind', message('{"content":7,"id":"a/b","metadata":[]}')],
    ['no fields', message('{}')],
    ['null', message('null')],
    ['a list', message('[]')],
    ['a text', message('"x"')],
    ['no JSON', message('{"content":')],
    ['nothing but a space', message(' ')],
    ['a byte order mark', message('\ufeff{"content":"x"}')],
    ['a prototype', message('{"content":"x","__proto__":{"a":1}}')],
    ['a constructor', message('{"content":"x","metadata":{"constructor":{"prototype":1}}}')],
    ['a deep body', message(`{"content":"x","metadata":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`)],
    ['content that is too large', message(`{"content":"${'x'.repeat(65_537)}"}`)],
    ['another author', message('{"content":"x","client_id":"bob"}')],
    ['another author, by a backend', sized('{"content":"x","client_id":"bob"}', bearing(BACKEND), ...JSON_TYPE)],
  ])('takes %s, and answers as the long way does', async (_what, [lines, body]) => {
    const { answer, expected, wasLong } = await both(lines, body);
    expect(answer).toEqual(expected);
    expect(wasLong).toBe(false);
  });

  it('answers for a room that one is not in as the long way does', async () => {
    const { answer, expected, wasLong } = await both(...message('{"content":"x"}'), '/rooms/unknown/messages');
    expect(answer).toEqual(expected);
    expect(answer).toMatchObject({ status: 'HTTP/1.1 404 Not Found' });
    expect(wasLong).toBe(false);
  });

  it.each([
    ['a token that was never seen', sized('{"content":"x"}', bearing(signToken({ sub: 'alice', jti: 'new' })), ...JSON_TYPE)],
    ['a token that is none', sized('{"content":"x"}', 'Authorization: Bearer x.y.z', ...JSON_TYPE)],
    ['no token', sized('{"content":"x"}', ...JSON_TYPE)],
    ['two tokens', message('{"content":"x"}', bearing(BACKEND))],
    ['the same token twice', message('{"content":"x"}', bearing(ALICE))],
    ['another type', sized('content=x', bearing(ALICE), 'Content-Type: application/x-www-form-urlencoded')],
    ['no type', sized('{"content":"x"}', bearing(ALICE))],
    ['no body', [[bearing(ALICE), ...JSON_TYPE], '']],
    ['an empty body', message('')],
    ['a body of unknown length', [[bearing(ALICE), ...JSON_TYPE, 'Transfer-Encoding: chunked'], 'f\r\n{"content":"x"}\r\n0\r\n\r\n']],
    ['a body that is far too large', [[bearing(ALICE), ...JSON_TYPE, 'Content-Length: 99999999'], '']],
  ] as [string, [string[], string]][])('leaves %s to the long way', async (_what, [lines, body]) => {
    const { answer, expected, wasLong } = await both(lines, body);
    expect(answer).toEqual(expected);
    expect(wasLong).toBe(true);
  });

  it.each(['/rooms/r/messages?x=1', '/rooms/r/messages/', '/rooms/%72/messages', '/rooms/@r/messages', '/rooms//messages', '/Rooms/r/messages'])(
    'leaves the path %s to the long way',
    async (path) => {
      const { answer, expected, wasLong } = await both(...message('{"content":"x"}'), path);
      expect(answer).toEqual(expected);
      expect(wasLong).toBe(true);
    },
  );

  it('refuses what is beyond the limit, and leaves the banned to the long way', async () => {
    const send = () => both(...sized('{"content":"x"}', bearing(MALLORY), ...JSON_TYPE));
    for (let i = 0; i < 60; i++) {
      const { answer, expected } = await send();
      expect(answer).toEqual(expected);
      expect(answer).toMatchObject({ status: 'HTTP/1.1 201 Created' });
    }
    const refused = await send();
    expect(refused.answer).toEqual(refused.expected);
    expect(refused.answer).toMatchObject({ status: 'HTTP/1.1 429 Too Many Requests' });
    expect(refused.wasLong).toBe(false);
    for (const server of [short, long]) await server.provided(BanList).ban({ tenant: 'default', clientId: 'mallory', seconds: 60, reason: 'x' });
    const banned = await send();
    expect(banned.answer).toMatchObject({ status: 'HTTP/1.1 403 Forbidden' });
    expect(banned.wasLong).toBe(true);
  });

  it('puts a body together that comes in pieces', async () => {
    const content = 'ä'.repeat(30_000);
    const body = JSON.stringify({ content });
    const { port } = new URL(short.origin);
    const bytes = Buffer.from(body);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('end', () => resolve(text)).on('error', reject);
      socket.write(`POST /api/v1/rooms/r/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${bearing(BACKEND)}\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`);
      // In the middle of a character.
      socket.write(bytes.subarray(0, 30_001), () => setImmediate(() => socket.write(bytes.subarray(30_001))));
    });
    expect((JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { content: string }).content === content).toBe(true);
  });
});
