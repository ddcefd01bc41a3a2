// Members over HTTP: joining, leaving, many at once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';
import { pluck } from './pluck.js';

describe('members', () => {
  let server: ApiServer;
  let room: string;
  let rooms = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    room = `members-${++rooms}`;
    await server.admin.post('/rooms').send({ id: room, members: ['alice', 'bob'] }).expect(201);
  });

  const membersOf = async () => pluck((await server.admin.get(`/rooms/${room}/members`).expect(200)).body.items, 'client_id');
  const eventsOf = async () => {
    const { body } = await server.admin.get(`/rooms/${room}/messages`).expect(200);
    return (pluck(body.items, 'data') as { event: string; client_id: string }[]).map(({ event, client_id }) => `${event} ${client_id}`);
  };
  const lastSeq = async (): Promise<number> => (await server.admin.get(`/rooms/${room}`).expect(200)).body.last_seq;

  it('are listed in pages, with the time they joined', async () => {
    const { body } = await server.as('alice').get(`/rooms/${room}/members?limit=1`).expect(200);
    expect(body).toEqual({ items: [{ client_id: 'alice', joined_at: expect.stringMatching(/Z$/) }], next_cursor: expect.any(String) });
    const second = await server.as('alice').get(`/rooms/${room}/members?limit=1&cursor=${body.next_cursor}`).expect(200);
    expect(second.body.items).toMatchObject([{ client_id: 'bob' }]);
  });

  it('join once, however often they are added', async () => {
    for (let i = 0; i < 2; i++) await server.admin.put(`/rooms/${room}/members/carol`).expect(204);
    expect(await membersOf()).toEqual(['alice', 'bob', 'carol']);
    expect(await eventsOf()).toEqual(['client_joined carol']);
  });

  it('leave once, however often they are removed', async () => {
    for (let i = 0; i < 2; i++) await server.admin.delete(`/rooms/${room}/members/bob`).expect(204);
    expect(await membersOf()).toEqual(['alice']);
    expect(await eventsOf()).toEqual(['client_left bob']);
  });

  it('join and leave silently: an entry of the order that nobody sees', async () => {
    await server.admin.put(`/rooms/${room}/members/carol?silent=true`).expect(204);
    await server.admin.delete(`/rooms/${room}/members/bob?silent=true`).expect(204);
    expect(await membersOf()).toEqual(['alice', 'carol']);
    expect(await eventsOf()).toEqual([]);
    expect(await lastSeq()).toBe(2);
  });

  it('may remove themselves, as often as they like, and nobody else', async () => {
    for (let i = 0; i < 2; i++) await server.as('alice').delete(`/rooms/${room}/members/alice`).expect(204);
    await server.as('bob').delete(`/rooms/${room}/members/alice`).expect(403);
    await server.as('bob').delete(`/rooms/${room}/members/bob?silent=true`).expect(403);
    expect(await membersOf()).toEqual(['bob']);
    await server.as('alice').get(`/rooms/${room}`).expect(404);
  });

  it('change many at once, in one go, and are counted', async () => {
    const { body } = await server.admin.post(`/rooms/${room}/members`).send({ add: ['carol', 'dave', 'alice', 'carol'], remove: ['bob', 'nobody'] }).expect(200);
    expect(body).toEqual({ added: 2, removed: 1 });
    expect(await membersOf()).toEqual(['alice', 'carol', 'dave']);
    expect(await eventsOf()).toEqual(['client_joined carol', 'client_joined dave', 'client_left bob']);
  });

  it('change many at once silently', async () => {
    await server.admin.post(`/rooms/${room}/members`).send({ add: ['carol'], silent: true }).expect(200);
    expect(await membersOf()).toContain('carol');
    expect(await eventsOf()).toEqual([]);
  });

  it('change 1,000 at once and not 1,001', async () => {
    const clients = Array.from({ length: 1001 }, (_, i) => `c${i}`);
    for (const tooMany of [{ add: clients }, { remove: clients }, { add: clients.slice(0, 501), remove: clients.slice(501) }]) {
      const { body } = await server.admin.post(`/rooms/${room}/members`).send(tooMany).expect(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: expect.any(Object) });
    }
    expect(await membersOf()).toEqual(['alice', 'bob']);
    expect((await server.admin.post(`/rooms/${room}/members`).send({ add: clients.slice(0, 1000) }).expect(200)).body).toEqual({ added: 1000, removed: 0 });
  });

  it('change nothing when one of them is wrong', async () => {
    for (const wrong of [{ add: ['carol', 'a/b'] }, { add: ['carol'], remove: ['carol'] }, { add: 'carol' }, { add: ['carol'], silent: 'yes' }]) {
      expect((await server.admin.post(`/rooms/${room}/members`).send(wrong).expect(400)).body.code).toBe('VALIDATION_ERROR');
    }
    expect(await membersOf()).toEqual(['alice', 'bob']);
  });

  it('cannot have an id that is none', async () => {
    for (const id of ['a%2Fb', '@x', 'x'.repeat(129)]) await server.admin.put(`/rooms/${room}/members/${id}`).expect(400);
    await server.admin.put(`/rooms/${room}/members/carol?silent=maybe`).expect(400);
    expect(await membersOf()).toEqual(['alice', 'bob']);
  });

  it('are none of a room that does not exist', async () => {
    await server.admin.put('/rooms/missing/members/carol').expect(404);
    await server.admin.delete('/rooms/missing/members/carol').expect(404);
    await server.admin.post('/rooms/missing/members').send({ add: ['carol'] }).expect(404);
    await server.admin.get('/rooms/missing/members').expect(404);
  });

  it('have a presence, also those who were never connected', async () => {
    const lastSeen = Date.parse('2024-01-15T10:30:00.000Z');
    await server.engine.savePresence('default', [{ clientId: 'alice', status: 'away', lastSeen }], 500);
    const { body } = await server.as('bob').get(`/rooms/${room}/presence`).expect(200);
    expect(body).toEqual({
      items: [
        { client_id: 'alice', status: 'away', last_seen: '2024-01-15T10:30:00.000Z' },
        { client_id: 'bob', status: 'offline', last_seen: null },
      ],
    });
    const { body: page } = await server.as('bob').get(`/rooms/${room}/presence?limit=1`).expect(200);
    expect(page).toMatchObject({ items: [{ client_id: 'alice' }], next_cursor: expect.any(String) });
  });
});
