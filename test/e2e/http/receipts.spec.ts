// Receipts: how far one message got with each member.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';
import { pluck } from './pluck.js';

describe('GET /rooms/:room_id/messages/:seq/receipts', () => {
  let server: ApiServer;
  const at = Date.parse('2024-01-15T10:30:00.000Z');

  beforeAll(async () => {
    server = await ApiServer.start();
    await server.admin.post('/rooms').send({ id: 'room', members: ['acked', 'author', 'delivered', 'pending', 'sent'] }).expect(201);
    await server.as('author').post('/rooms/room/messages').send({ content: 'x' }).expect(201);
    await server.admin.put('/rooms/room/members/late').expect(204);
    const cursor = { tenant: 'default', device: '', log: 'room', seq: 1, at };
    await server.engine.saveCursors([
      { ...cursor, clientId: 'acked', clientSeq: 1 },
      { ...cursor, clientId: 'delivered', clientSeq: 0 },
    ]);
    server.positions.sent.add('default/sent/room/1');
    server.positions.sent.add('default/acked/room/1');
  });
  afterAll(() => server.stop());

  it('tells the author how far it got with each', async () => {
    const { body } = await server.as('author').get('/rooms/room/messages/1/receipts').expect(200);
    const known = '2024-01-15T10:30:00.000Z';
    expect(body.items).toEqual([
      { client_id: 'acked', state: 'acknowledged', at: known },
      { client_id: 'author', state: 'pending' },
      { client_id: 'delivered', state: 'delivered', at: known },
      { client_id: 'late', state: 'not_a_member' },
      { client_id: 'pending', state: 'pending' },
      { client_id: 'sent', state: 'sent' },
    ]);
  });

  it('asks for the newest cursors first', async () => {
    const before = server.positions.flushes;
    await server.backend.get('/rooms/room/messages/1/receipts').expect(200);
    expect(server.positions.flushes).toBe(before + 1);
  });

  it('gives that of one client', async () => {
    const receipts = async (prefix: string): Promise<unknown> => (await server.admin.get(`/rooms/room/messages/1/receipts?limit=1&prefix=${prefix}`).expect(200)).body.items;
    expect(await receipts('sent')).toEqual([{ client_id: 'sent', state: 'sent' }]);
    expect(await receipts('nobody')).toEqual([]);
  });

  it('gives pages', async () => {
    const { body } = await server.admin.get('/rooms/room/messages/1/receipts?limit=2').expect(200);
    expect(pluck(body.items, 'client_id')).toEqual(['acked', 'author']);
    const next = await server.admin.get(`/rooms/room/messages/1/receipts?limit=2&cursor=${body.next_cursor}`).expect(200);
    expect(pluck(next.body.items, 'client_id')).toEqual(['delivered', 'late']);
  });

  it('answers 404 for a number that the order has not reached, or that is none', async () => {
    for (const seq of ['99', '0', '-1', 'x', '1.5', '9'.repeat(20)]) {
      for (const caller of [server.as('author'), server.backend, server.admin]) {
        expect((await caller.get(`/rooms/room/messages/${seq}/receipts`).expect(404)).body.code).toBe('MESSAGE_NOT_FOUND');
      }
    }
  });

  it('is closed to members who are not the author, for messages and all other entries', async () => {
    for (const seq of [1, 2]) {
      expect((await server.as('pending').get(`/rooms/room/messages/${seq}/receipts`).expect(403)).body.code).toBe('FORBIDDEN');
    }
  });

  it('answers 404 for a room that does not exist, to whoever asks', async () => {
    for (const caller of [server.as('author'), server.backend, server.admin]) {
      expect((await caller.get('/rooms/missing/messages/1/receipts').expect(404)).body.code).toBe('ROOM_NOT_FOUND');
    }
  });
});
