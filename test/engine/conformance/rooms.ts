// Conformance: rooms.
import { describe, expect, it } from 'vitest';
import { rejection, TENANT, textOf, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeRooms(create: CreateEngine): void {
  describe('rooms', () => {
    const store = useEngine(create);
    const update = (roomId: string, change: { name?: string | null; metadata?: Record<string, unknown> | null }) =>
      store.engine.updateRoom({ tenant: TENANT, roomId, at: store.clock.now(), ...change });
    const lastUpdate = async () => JSON.parse((await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 50)).at(-1)?.data ?? '{}') as unknown;

    it('gives a made room back as it was made', async () => {
      const at = store.clock.now();
      const made = await store.engine.createRoom({ tenant: TENANT, roomId: 'r1', name: 'One', metadata: { a: [1, { b: null }] }, members: ['x', 'y', 'x'], at });
      expect(made).toEqual({ id: 'r1', name: 'One', metadata: { a: [1, { b: null }] }, createdAt: at, memberCount: 2, head: 0 });
      expect(await store.engine.getRoom(TENANT, 'r1')).toEqual(made);
    });

    it('refuses to make a room twice, and leaves the first alone', async () => {
      await store.createRoom('r1', ['alice']);
      expect(await rejection(store.createRoom('r1', ['bob']))).toMatchObject({ code: 'ROOM_EXISTS' });
      expect((await store.engine.listMembers(TENANT, 'r1', { limit: 10 })).items.map(({ clientId }) => clientId)).toEqual(['alice']);
    });

    it('knows no room of another tenant', async () => {
      await store.createRoom('r1', ['alice']);
      expect(await store.engine.getRoom('other', 'r1')).toBeUndefined();
      expect(await store.engine.listRooms('other', { limit: 10 })).toEqual({ items: [] });
      expect(await store.engine.listRooms('other', { limit: 10 }, 'alice')).toEqual({ items: [] });
    });

    it('appends room_updated with the properties that changed, and only those', async () => {
      await store.createRoom('r1');
      await update('r1', { name: 'One', metadata: { a: 1 } });
      const timestamp = new Date(store.clock.now()).toISOString();
      expect(await lastUpdate()).toEqual({ room_id: 'r1', event: 'room_updated', changes: { name: 'One', metadata: { a: 1 } }, timestamp });
      expect(await update('r1', { name: 'One', metadata: null })).toMatchObject({ name: 'One', metadata: null, head: 2 });
      expect(await lastUpdate()).toEqual({ room_id: 'r1', event: 'room_updated', changes: { metadata: null }, timestamp });
      expect(await store.engine.getRoom(TENANT, 'r1')).toMatchObject({ name: 'One', metadata: null, head: 2 });
    });

    it('appends nothing when nothing changed', async () => {
      await store.engine.createRoom({ tenant: TENANT, roomId: 'r1', name: 'One', metadata: { a: 1, b: 2 }, members: [], at: store.clock.now() });
      expect(await update('r1', { name: 'One', metadata: { b: 2, a: 1 } })).toMatchObject({ head: 0 });
      expect(await update('r1', {})).toMatchObject({ head: 0 });
    });

    it('appends room_deleted, and shows the room no more', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice', 'bob']);
      await store.deleteRoom('r1');
      expect(await lastUpdate()).toMatchObject({ room_id: 'r1', event: 'room_deleted' });
      expect(await store.engine.getRoom(TENANT, 'r1')).toBeUndefined();
      expect(await store.engine.getMember(TENANT, 'r1', 'alice')).toBeUndefined();
      expect((await store.engine.listRooms(TENANT, { limit: 10 })).items.map(({ id }) => id)).toEqual(['r2']);
      expect((await store.engine.listRooms(TENANT, { limit: 10 }, 'alice')).items.map(({ id }) => id)).toEqual(['r2']);
    });

    it('does not count a deleted room as shared', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      expect(await store.engine.shareRoom(TENANT, 'alice', 'bob')).toBe(true);
      await store.deleteRoom('r1');
      expect(await store.engine.shareRoom(TENANT, 'alice', 'bob')).toBe(false);
    });

    it.each(['absent', 'deleted'])('answers every call about an %s room with ROOM_NOT_FOUND', async (kind) => {
      if (kind === 'deleted') {
        await store.createRoom('r1', ['alice']);
        await store.deleteRoom('r1');
      }
      const calls = [store.deleteRoom('r1'), update('r1', { name: 'x' }), store.change('r1', ['+bob']), store.engine.listMembers(TENANT, 'r1', { limit: 1 }), store.publish('r1', 'x')];
      for (const answer of await Promise.all(calls.map(rejection))) expect(answer).toMatchObject({ code: 'ROOM_NOT_FOUND' });
    });

    it('lists rooms page by page in the order of their ids, personal logs left out', async () => {
      for (const id of ['b', 'A', 'z', '9', 'a']) await store.createRoom(id, id === 'z' ? [] : ['alice']);
      await store.publish('@alice', 'x');
      const first = await store.engine.listRooms(TENANT, { limit: 3 });
      expect(first).toMatchObject({ items: [{ id: '9' }, { id: 'A' }, { id: 'a' }], next: 'a' });
      expect(await store.engine.listRooms(TENANT, { limit: 3, after: 'a' })).toMatchObject({ items: [{ id: 'b' }, { id: 'z' }] });
      expect(await store.engine.listRooms(TENANT, { limit: 5 })).not.toHaveProperty('next');
      expect(await store.engine.listRooms(TENANT, { limit: 2, after: 'A' }, 'alice')).toMatchObject({ items: [{ id: 'a' }, { id: 'b' }] });
    });

    it('makes a deleted room anew: its numbers go on, its entries and members are gone', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publishMany('r1', 3);
      await store.deleteRoom('r1');
      expect(await store.createRoom('r1', ['carol', 'bob'])).toMatchObject({ head: 4, memberCount: 2 });
      expect(await store.publish('r1', 'new')).toMatchObject({ seq: 5 });
      expect((await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 50)).map(textOf)).toEqual(['new']);
      expect(await store.texts('alice')).toEqual([]);
      expect(await store.texts('bob')).toEqual(['new']);
      expect((await store.engine.readQueue(store.owner('alice'), [{ log: 'r1', after: 0 }], 50, 1e6)).pages).toEqual([]);
      expect((await store.drain('carol')).dropped).toEqual([]);
    });

    it('gives no entry of a room the id of an earlier one, however long ago that room was deleted', async () => {
      await store.createRoom('r1');
      const first = await store.publish('r1', 'x');
      await store.deleteRoom('r1');
      store.clock.advanceSeconds(10_000);
      await store.createRoom('r1');
      const second = await store.publish('r1', 'y');
      expect([second.incarnation, second.seq]).not.toEqual([first.incarnation, first.seq]);
    });
  });
}
