// Who may use which route.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signToken } from '../../support/tokens.js';
import { ApiServer } from './api-server.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `club` stands for a room whose members are member and author; entry 1 of it is the author's message. */
const ROUTES: [method: Method, path: string, body: object | undefined, ...expected: number[]][] = [
  //                                                                          outsider member backend admin other tenant's admin
  ['post', '/rooms', {}, 403, 403, 403, 201, 201],
  ['get', '/rooms', undefined, 200, 200, 200, 200, 200],
  ['get', '/rooms/club', undefined, 404, 200, 404, 200, 404],
  ['patch', '/rooms/club', { name: 'Club' }, 403, 403, 403, 200, 404],
  ['delete', '/rooms/club', undefined, 403, 403, 403, 204, 404],
  ['put', '/rooms/club/members/new', undefined, 403, 403, 403, 204, 404],
  ['delete', '/rooms/club/members/author', undefined, 403, 403, 403, 204, 404],
  ['post', '/rooms/club/members', { add: ['new'] }, 403, 403, 403, 200, 404],
  ['get', '/rooms/club/members', undefined, 404, 200, 404, 200, 404],
  ['get', '/rooms/club/presence', undefined, 404, 200, 404, 200, 404],
  ['post', '/rooms/club/messages', { content: 'Hello' }, 404, 201, 201, 201, 404],
  ['get', '/rooms/club/messages', undefined, 404, 200, 404, 200, 404],
  ['get', '/rooms/club/messages/1/receipts', undefined, 404, 403, 200, 200, 404],
  ['post', '/rooms/club/notifications', { type: 'news', data: {} }, 403, 403, 201, 201, 404],
  ['post', '/clients/author/notifications', { type: 'news', data: {} }, 403, 403, 201, 201, 201],
  ['post', '/publish', [], 403, 403, 200, 200, 200],
  ['get', '/clients/author/presence', undefined, 404, 200, 404, 200, 200],
  ['get', '/clients/author/queue', undefined, 403, 403, 403, 200, 200],
];

const CALLERS = [
  { sub: 'outsider' },
  { sub: 'member' },
  { sub: 'backend', scope: 'publish' },
  { sub: 'admin', scope: 'admin' },
  { sub: 'admin', scope: 'admin', tenant: 'other' },
] as const;

describe('the routes of the API', () => {
  let server: ApiServer;
  let room: string;
  let rooms = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    room = `club-${++rooms}`;
    await server.admin.post('/rooms').send({ id: room, members: ['member', 'author'] }).expect(201);
    await server.as('author').post(`/rooms/${room}/messages`).send({ content: 'First' }).expect(201);
  });

  describe.each(ROUTES)('%s %s', (method, path, body, ...expected) => {
    function call(token: string | undefined) {
      const request = server.bearing(token)[method](path.replace('club', room));
      return body === undefined ? request : request.send(body);
    }

    it('answers 401 without a token, and with one that does not hold', async () => {
      const expired = signToken({ sub: 'admin', scope: 'admin', exp: 1 });
      const forged = signToken({ sub: 'admin', scope: 'admin' }, 'a secret that the server does not know');
      for (const token of [undefined, expired, forged]) {
        const response = await call(token).expect(401).expect('WWW-Authenticate', 'Bearer').expect('Content-Type', /^application\/problem\+json/);
        expect(response.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
        if (token !== undefined) expect(response.text).not.toContain(token.slice(0, 20));
      }
    });

    it.each(CALLERS.map((claims, index) => [claims, expected[index]] as const))('answers %j with %i', async (claims, status) => {
      const response = await call(signToken(claims));
      expect([response.status, response.text]).toEqual([status, expect.any(String)]);
      if (status >= 400) expect(response.body).toMatchObject({ status, code: status === 403 ? 'FORBIDDEN' : expect.stringMatching(/_NOT_FOUND$/) });
    });
  });

  it('take no token from the query', async () => {
    await server.bearing(undefined).get(`/rooms?token=${signToken({ sub: 'admin', scope: 'admin' })}`).expect(401);
  });

  it('take no second token, wherever it stands', async () => {
    const [admin, other] = ['admin', 'other'].map((sub) => signToken({ sub, scope: 'admin' }));
    await server.bearing(admin).get(`/rooms?token=${admin}`).expect(200);
    for (const query of [`token=${other}`, `token=${admin}&token=${other}`]) await server.bearing(admin).get(`/rooms?${query}`).expect(401);
    await server.bearing(admin).post(`/rooms/nowhere/messages?token=${other}`).send({ content: 'Hello' }).expect(401);
  });
});

describe('a room that one may not see', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await ApiServer.start();
    await server.admin.post('/rooms').send({ id: 'hidden', members: ['author'] }).expect(201);
    await server.as('author').post('/rooms/hidden/messages').send({ content: 'First' }).expect(201);
  });
  afterAll(() => server.stop());

  const requests: [Method, string, object?][] = [
    ['get', ''],
    ['patch', '', { name: 'x' }],
    ['delete', ''],
    ['get', '/members'],
    ['get', '/presence'],
    ['put', '/members/outsider'],
    ['delete', '/members/outsider'],
    ['delete', '/members/author'],
    ['post', '/members', { add: ['outsider'] }],
    ['get', '/messages'],
    ['get', '/messages?after=10'],
    ['post', '/messages', { content: 'Hello' }],
    ['post', '/messages', { content: '' }],
    ['post', '/messages', { content: 'Hello', client_id: 'author' }],
    ['get', '/messages/1/receipts'],
    ['get', '/messages/2/receipts'],
    ['get', '/messages/x/receipts'],
    ['post', '/notifications', { type: 'news', data: {} }],
  ];
  it.each(requests)('answers %s %s like one that does not exist', async (method, path, body) => {
    const answers = await Promise.all(
      ['hidden', 'missing'].map(async (room) => {
        const request = server.as('outsider')[method](`/rooms/${room}${path}`);
        const response = await (body === undefined ? request : request.send(body));
        return { status: response.status, text: response.text, headers: { ...response.headers, date: undefined, 'x-ratelimit-remaining': undefined } };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});
