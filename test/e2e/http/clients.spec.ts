// What can be asked about one client: presence and queue.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';

describe('clients', () => {
  let server: ApiServer;
  const lastSeen = Date.parse('2024-01-15T10:30:00.000Z');

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.admin.post('/rooms').send({ id: 'shared', members: ['alice', 'bob'] }).expect(201);
    await server.engine.savePresence('default', [
      { clientId: 'alice', status: 'online', lastSeen },
      { clientId: 'stranger', status: 'away', lastSeen },
    ], 500);
  });
  afterAll(() => server.stop());

  describe('GET /clients/:client_id/presence', () => {
    it('tells those who share a room with the client, and administrators', async () => {
      for (const caller of [server.as('bob'), server.as('alice'), server.admin]) {
        const { body } = await caller.get('/clients/alice/presence').expect(200);
        expect(body).toEqual({ client_id: 'alice', status: 'online', last_seen: '2024-01-15T10:30:00.000Z' });
      }
    });

    it('says offline of a client that was never connected', async () => {
      for (const caller of [server.as('alice'), server.admin]) {
        expect((await caller.get('/clients/bob/presence').expect(200)).body).toEqual({ client_id: 'bob', status: 'offline', last_seen: null });
      }
    });

    it('answers alike for a client one shares no room with, one nobody knows, and what is no id', async () => {
      const answers = await Promise.all(['stranger', 'unknown', 'a%2Fb'].map(async (id) => (await server.as('bob').get(`/clients/${id}/presence`).expect(404)).body));
      expect(answers[0].code).toBe('CLIENT_NOT_FOUND');
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    it('knows nothing of other tenants', async () => {
      const { body } = await server.as('admin', { scope: 'admin', tenant: 'other' }).get('/clients/alice/presence').expect(200);
      expect(body).toEqual({ client_id: 'alice', status: 'offline', last_seen: null });
    });
  });

  describe('GET /clients/:client_id/queue', () => {
    beforeAll(async () => {
      for (let i = 0; i < 3; i++) await server.as('bob').post('/rooms/shared/messages').send({ content: `${i}` }).expect(201);
      await server.backend.post('/clients/alice/notifications').send({ type: 'news', data: {} }).expect(201);
      await server.engine.saveCursors([{ tenant: 'default', clientId: 'alice', device: 'phone', log: 'shared', seq: 2, clientSeq: 0, at: lastSeen }]);
    });

    it('tells the client itself and administrators what waits, room by room', async () => {
      for (const caller of [server.as('alice'), server.admin]) {
        const { body } = await caller.get('/clients/alice/queue').expect(200);
        expect(body).toEqual({ size: 4, dropped: 0, rooms: expect.any(Array) });
        expect(body.rooms).toHaveLength(2);
        expect(body.rooms).toEqual(expect.arrayContaining([{ room_id: 'shared', pending: 3 }, { room_id: '@alice', pending: 1 }]));
      }
    });

    it('tells of a device with a position of its own', async () => {
      const { body } = await server.as('alice').get('/clients/alice/queue?device=phone').expect(200);
      expect(body.size).toBe(2);
      expect(body.rooms).toContainEqual({ room_id: 'shared', pending: 1 });
    });

    it('asks for the newest cursors first', async () => {
      const before = server.positions.flushes;
      await server.as('alice').get('/clients/alice/queue').expect(200);
      expect(server.positions.flushes).toBe(before + 1);
    });

    it('is empty for a client that nobody knows', async () => {
      expect((await server.admin.get('/clients/unknown/queue').expect(200)).body).toMatchObject({ size: 0, dropped: 0 });
    });

    it.each(['device=a%20b', 'device=a&device=b', `device=${'x'.repeat(65)}`])('refuses ?%s', async (query) => {
      await server.as('alice').get(`/clients/alice/queue?${query}`).expect(400);
    });

    it('is closed to others, known or not', async () => {
      const answers = await Promise.all(['alice', 'unknown'].map(async (id) => (await server.as('bob').get(`/clients/${id}/queue`).expect(403)).body));
      expect(answers[0]).toEqual(answers[1]);
    });
  });
});
