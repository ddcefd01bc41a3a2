// A room that one may not see answers exactly as one that does not exist: by what is said, and by how long it takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/tokens.js';
import { connected } from './authorisation/members.js';
import { areaUnderCurve } from './authorisation/rank-statistic.js';
import { type Route, ROUTES, ROUTES_ROOM } from './routes.js';

/** Ids of one length, so that nothing but what the server knows of them tells them apart. */
const HIDDEN = 'room-that-is-there';
const ABSENT = 'room-that-is-nowhe';
const MESSAGES = 300;

const server = new ServerProcess();
let strangers = 0;

beforeAll(async () => {
  await server.start();
  const { status } = await server.admin.createRoom({ id: HIDDEN, members: ['insider'], name: 'n'.repeat(256), metadata: { large: 'm'.repeat(16_000) } });
  expect(status).toBe(201);
  await server.admin.publishAll(Array.from({ length: MESSAGES }, (_, n) => ({ room_id: HIDDEN, content: `${n} ${'c'.repeat(1_000)}` })));
});
afterAll(() => server.destroy());

/** What a client that was never here gets: everything but the date. */
async function answerFor({ method, path, body }: Route, room: string, scope?: string) {
  const token = signToken({ sub: `stranger-${(strangers++).toString().padStart(6, '0')}`, ...(scope !== undefined && { scope }) });
  const response = await fetch(`${server.origin}/api/v1${path.replace(ROUTES_ROOM, room)}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body).replaceAll(ROUTES_ROOM, room) }),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date');
  return { status: response.status, statusText: response.statusText, headers, body: await response.text() };
}

const OF_ROOMS: readonly Route[] = [
  ...ROUTES.filter(({ path }) => path.includes(ROUTES_ROOM)),
  { method: 'DELETE', path: `/rooms/${ROUTES_ROOM}/members/stranger` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/messages?after=${MESSAGES}&limit=1` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/members?limit=1` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/messages/${MESSAGES + 1}/receipts` },
  { method: 'GET', path: `/rooms/${ROUTES_ROOM}/messages?limit=0` },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/messages`, body: { content: 'hello', id: 'chosen' } },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/messages`, body: { content: 'hello', client_id: 'insider' } },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/messages`, body: { content: 'x'.repeat(66_000) } },
  { method: 'POST', path: `/rooms/${ROUTES_ROOM}/messages`, body: {} },
];

describe('a hidden room', () => {
  it.each(OF_ROOMS.map((route): [string, Route] => [`${route.method} ${route.path}`, route]))('answers like none to %s', async (_name, route) => {
    const [hidden, absent] = [await answerFor(route, HIDDEN), await answerFor(route, ABSENT)];
    expect(hidden).toEqual(absent);
    expect(hidden.status, 'nothing is given to a stranger').not.toBe(200);
  });

  it('answers like none to every frame that names a room', async () => {
    const stranger = await connected(server, 'stranger');
    const frames: [type: string, data: object][] = [
      ['message', { content: 'hello' }],
      ['message', { content: 'hello', id: 'chosen', metadata: {} }],
      ['message', { content: '' }],
      ['ack', { seq: 1 }],
      ['ack', { seq: MESSAGES }],
      ['ack', { seq: MESSAGES + 1 }],
    ];
    for (const [type, data] of frames) {
      const answers = [];
      for (const room_id of [HIDDEN, ABSENT]) {
        const frame = await stranger.command(type, { room_id, ...data });
        answers.push({ ...frame, ref: '', data: { ...frame.data, timestamp: '' } });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0].type).toBe('error');
    }
  });

  it('stands in no listing', async () => {
    const { body } = await answerFor({ method: 'GET', path: '/rooms?limit=200' }, HIDDEN);
    expect(JSON.parse(body)).toEqual({ items: [] });
  });

  it('is not given away by its name being taken: only administrators make rooms', async () => {
    const route: Route = { method: 'POST', path: '/rooms', body: { id: ROUTES_ROOM } };
    const [hidden, absent] = [await answerFor(route, HIDDEN), await answerFor(route, ABSENT)];
    expect([hidden.status, hidden]).toEqual([403, absent]);
  });
});

/** Generous: 300 of each lie within 0.5 ± 0.05 nearly always when nothing tells them apart. */
const LEAST_AREA = 0.2;
const GREATEST_AREA = 0.8;
const ROUNDS = 300;
const WARM_UP_ROUNDS = 50;

/** Asks for both in turn, in changing order, and gives how well the times tell them apart. */
async function areaOf(ask: (room: string) => Promise<unknown>): Promise<number> {
  const times = new Map<string, number[]>([[HIDDEN, []], [ABSENT, []]]);
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const room of round % 2 === 0 ? [HIDDEN, ABSENT] : [ABSENT, HIDDEN]) {
      const start = performance.now();
      await ask(room);
      if (round >= WARM_UP_ROUNDS) times.get(room)?.push(performance.now() - start);
    }
  }
  return areaUnderCurve(times.get(HIDDEN) ?? [], times.get(ABSENT) ?? []);
}

describe('the time of an answer', () => {
  const api = () => server.api(signToken({ sub: 'patient-stranger' }));

  it.each(['', '/messages', '/messages/1/receipts', '/members', '/presence'])('does not tell a hidden room from none: GET /rooms/:room_id%s', async (path) => {
    const stranger = api();
    const area = await areaOf((room) => stranger.request('GET', `/rooms/${room}${path}`));
    expect(area).toBeGreaterThan(LEAST_AREA);
    expect(area).toBeLessThan(GREATEST_AREA);
  });

  it('does not tell a hidden room from none: sending a message, over HTTP', async () => {
    const stranger = api();
    const area = await areaOf((room) => stranger.publish(room, { content: 'hello', id: 'chosen' }));
    expect(area).toBeGreaterThan(LEAST_AREA);
    expect(area).toBeLessThan(GREATEST_AREA);
  });

  it.each(['message', 'ack'])('does not tell a hidden room from none: the %s frame', async (type) => {
    const stranger = await connected(server, 'patient-stranger');
    const area = await areaOf((room_id) => stranger.command(type, type === 'ack' ? { room_id, seq: 1 } : { room_id, content: 'hello' }));
    expect(area).toBeGreaterThan(LEAST_AREA);
    expect(area).toBeLessThan(GREATEST_AREA);
  });

  it('does not tell a client with whom no room is shared from one that nobody knows', async () => {
    const stranger = api();
    await (await connected(server, 'insider')).closeCleanly();
    const area = await areaOf((room) => stranger.presence(room === HIDDEN ? 'insider' : 'nobody-'));
    expect(area).toBeGreaterThan(LEAST_AREA);
    expect(area).toBeLessThan(GREATEST_AREA);
  });
});
