// A room that one may not see answers as one that does not exist: in every word of the answer, and in its time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../support/api.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';

const HIDDEN = 'room-hidden';
const ABSENT = 'room-absent';
const REQUESTS = 200;

const server = new ServerProcess();
let mallory: Api;
let client: RecordingClient;

beforeAll(async () => {
  await server.start();
  const members = Array.from({ length: 50 }, (_, index) => `member-${index}`);
  await server.admin.createRoom({ id: HIDDEN, name: 'hidden', members: ['ann', ...members] });
  await server.admin.publishAll(Array.from({ length: 500 }, (_, index) => ({ room_id: HIDDEN, content: `secret ${index}` })));
  mallory = server.api(signToken({ sub: 'mallory' }));
  client = await new RecordingClient(server, 'mallory').connect();
});
afterAll(async () => {
  await client.cut();
  await server.destroy();
});

const ROUTES: readonly [method: string, path: string, body?: object][] = [
  ['GET', ''],
  ['PATCH', '', { name: 'mine' }],
  ['DELETE', ''],
  ['GET', '/members'],
  ['GET', '/members?limit=1'],
  ['PUT', '/members/mallory'],
  ['DELETE', '/members/mallory'],
  ['DELETE', '/members/mallory?silent=true'],
  ['DELETE', '/members/ann'],
  ['POST', '/members', { add: ['mallory'] }],
  ['GET', '/presence'],
  ['POST', '/messages', { content: 'hello' }],
  ['POST', '/messages', { content: 'hello', id: 'chosen' }],
  ['POST', '/messages', { content: 'hello', client_id: 'ann' }],
  ['GET', '/messages'],
  ['GET', '/messages?after=3&limit=1'],
  ['GET', '/messages/1/receipts'],
  ['GET', '/messages/100000/receipts'],
  ['GET', '/messages/none/receipts'],
  ['POST', '/notifications', { type: 'custom', data: {} }],
  ['GET', '/nothing'],
];

const FRAMES: readonly [type: string, data: object][] = [
  ['message', { content: 'hello' }],
  ['message', { content: 'hello', id: 'chosen' }],
  ['ack', { seq: 1 }],
  ['ack', { seq: 1_000_000 }],
];

/** What counts the requests themselves, and the time of day. */
const MOVING_HEADERS = ['date', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/** All that an answer gives away. */
function visible({ status, headers, body }: Answer<unknown>): unknown {
  return { status, body, headers: [...headers].filter(([name]) => !MOVING_HEADERS.includes(name)) };
}

describe('a room that one may not see', () => {
  it.each(ROUTES)('answers %s %s with body %j as one that does not exist', async (method, path, body) => {
    const [hidden, absent] = [await mallory.request(method, `/rooms/${HIDDEN}${path}`, body), await mallory.request(method, `/rooms/${ABSENT}${path}`, body)];
    expect(visible(hidden)).toEqual(visible(absent));
    expect(JSON.stringify(visible(hidden))).not.toMatch(/secret|ann"/);
  });

  it.each(FRAMES)('answers the frame %s %j as one that does not exist', async (type, data) => {
    const [hidden, absent] = [await client.command(type, { ...data, room_id: HIDDEN }), await client.command(type, { ...data, room_id: ABSENT })];
    expect(hidden).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
    expect({ ...hidden.data, timestamp: '' }).toEqual({ ...absent.data, timestamp: '' });
  });

  it('is in no listing', async () => {
    expect((await mallory.request('GET', '/rooms')).body).toEqual({ items: [] });
  });

  it('has not changed by all that', async () => {
    expect((await server.admin.room(HIDDEN)).body).toMatchObject({ name: 'hidden', member_count: 51, last_seq: 500 });
    expect((await server.admin.room(ABSENT)).status).toBe(404);
  });
});

/** Milliseconds that something took. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * The probability that something of the first kind takes longer than something of the second (the area under the ROC
 * curve): 0.5 when they cannot be told apart, 0 or 1 when each time tells. The two kinds are asked in turns, so that a
 * busy machine slows both.
 */
async function distinguishability(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let index = 0; index < REQUESTS; index++) {
    const order = index % 2 === 0 ? [0, 1] : [1, 0];
    for (const kind of order) times[kind]?.push(await timed(kind === 0 ? first : second));
  }
  let above = 0;
  for (const one of times[0]) for (const another of times[1]) above += one > another ? 1 : one === another ? 0.5 : 0;
  return above / (REQUESTS * REQUESTS);
}

describe('the time of an answer', () => {
  it.each<[string, string, object?]>([
    ['GET', ''],
    ['GET', '/members'],
    ['GET', '/messages'],
    ['GET', '/messages/7/receipts'],
    ['POST', '/messages', { content: 'hello' }],
    ['DELETE', '/members/mallory'],
  ])('to %s %s does not tell a hidden room from none', async (method, path, body) => {
    const asking = (room: string) => () => mallory.request(method, `/rooms/${room}${path}`, body);
    const area = await distinguishability(asking(HIDDEN), asking(ABSENT));
    expect(area).toBeGreaterThan(0.2);
    expect(area).toBeLessThan(0.8);
  });

  it.each(FRAMES)('to the frame %s %j does not tell either', async (type, data) => {
    const asking = (room: string) => () => client.command(type, { ...data, room_id: room });
    const area = await distinguishability(asking(HIDDEN), asking(ABSENT));
    expect(area).toBeGreaterThan(0.2);
    expect(area).toBeLessThan(0.8);
  });

  it('is measured well enough to tell three questions from one', async () => {
    const ask = () => mallory.request('GET', `/rooms/${HIDDEN}`);
    const area = await distinguishability(async () => {
      for (let question = 0; question < 3; question++) await ask();
    }, ask);
    expect(area).toBeGreaterThan(0.8);
  });
});
