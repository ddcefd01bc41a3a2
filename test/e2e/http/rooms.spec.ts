// Rooms over HTTP: made, listed, read, changed, deleted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer } from './api-server.js';
import { pluck } from './pluck.js';

describe('rooms', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.stop());

  describe('POST /rooms', () => {
    it('makes a room with everything that is said of it', async () => {
      const room = { id: 'room_456', name: 'Kitchen', metadata: { floor: 2, tags: ['a', { b: null }], valueOf: { toString: 1 } } };
      const { body } = await server.admin.post('/rooms').send({ ...room, members: ['alice', 'bob', 'alice'] }).expect(201);
      expect(body).toEqual({ ...room, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/), member_count: 2, last_seq: 0 });
      expect((await server.as('alice').get('/rooms/room_456').expect(200)).body).toEqual(body);
    });

    it('makes an id when none is given', async () => {
      const ids = await Promise.all([1, 2].map(async () => (await server.admin.post('/rooms').send({}).expect(201)).body.id as string));
      expect(ids[0]).toMatch(/^room_[A-Za-z0-9_-]{22}$/);
      expect(ids[0]).not.toBe(ids[1]);
    });

    it('makes an empty room without a body', async () => {
      const { body } = await server.admin.post('/rooms').expect(201);
      expect(body).toMatchObject({ name: null, metadata: null, member_count: 0 });
    });

    it('takes null for what is not given', async () => {
      const { body } = await server.admin.post('/rooms').send({ id: null, name: null, metadata: null, members: null }).expect(201);
      expect(body).toMatchObject({ id: expect.stringMatching(/^room_/), name: null, metadata: null, member_count: 0 });
      await server.admin.post(`/rooms/${body.id as string}/members`).send({ add: ['alice'], remove: null, silent: null }).expect(200);
    });

    it('answers 409 for an id that is taken, within the tenant only', async () => {
      await server.admin.post('/rooms').send({ id: 'taken', members: ['alice'] }).expect(201);
      const { body } = await server.admin.post('/rooms').send({ id: 'taken', name: 'Other' }).expect(409);
      expect(body).toMatchObject({ code: 'ROOM_EXISTS' });
      expect((await server.admin.get('/rooms/taken')).body).toMatchObject({ name: null, member_count: 1 });
      await server.as('admin', { scope: 'admin', tenant: 'other' }).post('/rooms').send({ id: 'taken' }).expect(201);
    });

    it.each([
      ['id', { id: 'a/b' }],
      ['id', { id: '@alice' }],
      ['id', { id: 'x'.repeat(129) }],
      ['id', { id: 7 }],
      ['name', { name: 'x'.repeat(257) }],
      ['name', { name: {} }],
      ['metadata', { metadata: [] }],
      ['metadata', { metadata: { text: 'x'.repeat(16 * 1024) } }],
      ['members', { members: 'alice' }],
      ['members', { members: ['alice', 'a b'] }],
      ['members', { members: [null] }],
      ['members', { members: Array.from({ length: 1001 }, (_, i) => `c${i}`) }],
    ])('refuses a wrong %s', async (field, room) => {
      const { body } = await server.admin.post('/rooms').send(room).expect(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: { [field]: expect.any(Array) } });
    });

    it('takes 1,000 members, a name of 256 characters and an id of 128', async () => {
      const room = { id: 'x'.repeat(128), name: 'n'.repeat(256), members: Array.from({ length: 1000 }, (_, i) => `c${i}`) };
      await server.admin.post('/rooms').send(room).expect(201);
      expect((await server.admin.get(`/rooms/${room.id}`).expect(200)).body).toMatchObject({ id: room.id, name: room.name, member_count: 1000 });
    });
  });

  describe('GET /rooms', () => {
    const tenant = 'listing';
    const ids = ['a', 'b', 'c', 'd', 'e'];
    beforeAll(async () => {
      for (const id of ids) {
        await server.as('admin', { scope: 'admin', tenant }).post('/rooms').send({ id, members: id === 'c' ? ['bob'] : ['alice'] }).expect(201);
      }
    });

    it('lists all rooms of the tenant to an administrator, and its own to everybody else', async () => {
      const idsSeenBy = async (sub: string, scope?: string) =>
        pluck((await server.as(sub, { tenant, ...(scope !== undefined && { scope }) }).get('/rooms').expect(200)).body.items, 'id');
      expect(await idsSeenBy('admin', 'admin')).toEqual(ids);
      expect(await idsSeenBy('alice')).toEqual(['a', 'b', 'd', 'e']);
      expect(await idsSeenBy('bob')).toEqual(['c']);
      expect(await idsSeenBy('nobody', 'publish')).toEqual([]);
    });

    it('lists those whose id begins with the prefix, in pages too', async () => {
      const client = server.as('admin', { scope: 'admin', tenant: 'searching' });
      for (const id of ['kitchen', 'kit', 'kitten', 'ki', 'kiu', 'other']) await client.post('/rooms').send({ id }).expect(201);
      const { body } = await client.get('/rooms?prefix=kit&limit=2').expect(200);
      expect(pluck(body.items, 'id')).toEqual(['kit', 'kitchen']);
      const next = await client.get(`/rooms?prefix=kit&limit=2&cursor=${body.next_cursor as string}`).expect(200);
      expect(next.body).toEqual({ items: [expect.objectContaining({ id: 'kitten' })] });
      expect((await client.get('/rooms?prefix=no').expect(200)).body).toEqual({ items: [] });
      await client.get('/rooms?prefix=%2F').expect(400);
    });

    it('gives pages that join without gap or repetition, the last one without a cursor', async () => {
      const seen: unknown[] = [];
      let pages = 0;
      let cursor: string | undefined;
      do {
        const query = cursor === undefined ? '' : `&cursor=${cursor}`;
        const { body } = await server.as('alice', { tenant }).get(`/rooms?limit=3${query}`).expect(200);
        seen.push(...pluck(body.items, 'id'));
        cursor = body.next_cursor;
        pages++;
      } while (cursor !== undefined);
      expect(seen).toEqual(['a', 'b', 'd', 'e']);
      expect(pages).toBe(2);
    });

    it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=a', 'cursor=', 'cursor=%00'])('refuses ?%s', async (query) => {
      const { body } = await server.admin.get(`/rooms?${query}`).expect(400);
      expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: { [query.split('=')[0]]: expect.any(Array) } });
    });
  });

  it('answers an id that no room can have like a room that does not exist', async () => {
    const missing = await server.admin.get('/rooms/missing').expect(404);
    for (const id of ['a%2Fb', '@alice', 'x'.repeat(129), 'x'.repeat(1000), '%0d%0a', '..%2f..']) {
      expect((await server.admin.get(`/rooms/${id}`).expect(404)).body).toEqual(missing.body);
    }
  });

  describe('PATCH /rooms/:room_id', () => {
    it('changes what is given, clears what is null, and puts it into the order', async () => {
      await server.admin.post('/rooms').send({ id: 'patched', name: 'Old', metadata: { a: 1 }, members: ['alice'] }).expect(201);
      const patch = async (properties: object) => (await server.admin.patch('/rooms/patched').send(properties).expect(200)).body;
      expect(await patch({ name: 'New' })).toMatchObject({ name: 'New', metadata: { a: 1 }, last_seq: 1 });
      expect(await patch({ metadata: null })).toMatchObject({ name: 'New', metadata: null, last_seq: 2 });
      expect(await patch({})).toMatchObject({ name: 'New', last_seq: 2 });
      const { body } = await server.as('alice').get('/rooms/patched/messages').expect(200);
      expect(pluck(body.items, 'type')).toEqual(['room_update', 'room_update']);
      expect(pluck(body.items, 'data')).toMatchObject([
        { event: 'room_updated', changes: { name: 'New' } },
        { event: 'room_updated', changes: { metadata: null } },
      ]);
    });

    it('refuses what a new room could not have either', async () => {
      await server.admin.post('/rooms').send({ id: 'kept', name: 'Kept' }).expect(201);
      await server.admin.patch('/rooms/kept').send({ name: 'x'.repeat(257) }).expect(400);
      expect((await server.admin.get('/rooms/kept')).body.name).toBe('Kept');
    });
  });

  describe('DELETE /rooms/:room_id', () => {
    it('deletes the room for everybody; a second time there is none', async () => {
      await server.admin.post('/rooms').send({ id: 'deleted', members: ['alice'] }).expect(201);
      const { text } = await server.admin.delete('/rooms/deleted').expect(204);
      expect(text).toBe('');
      await server.as('alice').get('/rooms/deleted').expect(404);
      await server.as('alice').post('/rooms/deleted/messages').send({ content: 'x' }).expect(404);
      expect((await server.admin.delete('/rooms/deleted').expect(404)).body.code).toBe('ROOM_NOT_FOUND');
    });
  });
});
