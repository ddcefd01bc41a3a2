// Conformance: a restart loses nothing.
import { describe, expect, it } from 'vitest';
import { rejection, TENANT, textOf, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeRestart(create: CreateEngine): void {
  describe('a restart', () => {
    const store = useEngine(create);

    it('keeps rooms and members', async () => {
      const at = store.clock.now();
      await store.engine.createRoom({ tenant: TENANT, roomId: 'r1', name: 'One', metadata: { a: 1 }, members: ['alice'], at });
      await store.change('r1', ['+bob']);
      await store.createRoom('gone');
      await store.deleteRoom('gone');
      const before = [await store.engine.getRoom(TENANT, 'r1'), await store.engine.listMembers(TENANT, 'r1', { limit: 9 })];
      await store.restart();
      expect([await store.engine.getRoom(TENANT, 'r1'), await store.engine.listMembers(TENANT, 'r1', { limit: 9 })]).toEqual(before);
      expect(await store.engine.getRoom(TENANT, 'gone')).toBeUndefined();
      expect(await store.createRoom('gone')).toMatchObject({ head: 1 });
    });

    it('keeps logs, and their numbers and incarnation go on', async () => {
      await store.createRoom('r1');
      const { incarnation } = await store.publish('r1', 'one');
      await store.publish('@alice', 'mine');
      await store.restart();
      expect((await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 9)).map(textOf)).toEqual(['one']);
      expect(await store.publish('r1', 'two')).toMatchObject({ seq: 2, incarnation });
      expect(await store.publish('@alice', 'mine')).toMatchObject({ seq: 2, incarnation });
    });

    it('keeps cursors', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publishMany('r1', 3);
      await store.acknowledge('alice', 'r1', 2, { clientSeq: 1 });
      await store.restart();
      expect(await store.texts('alice')).toEqual(['r1 3']);
      expect((await store.engine.openQueue(store.owner('alice'))).known).toBe(true);
      expect((await store.engine.receipts(TENANT, 'r1', 1, { limit: 1 })).items).toMatchObject([{ clientId: 'alice', state: 'acknowledged' }]);
    });

    it('keeps presence, and its positions go on', async () => {
      const [saved] = await store.engine.savePresence(TENANT, [{ clientId: 'alice', status: 'online', lastSeen: 5 }], 500);
      await store.engine.savePresencePosition(store.owner('alice'), saved.position);
      await store.restart();
      expect(await store.engine.getPresence(TENANT, ['alice'])).toEqual([{ clientId: 'alice', status: 'online', lastSeen: 5, position: saved.position }]);
      expect(await store.engine.listPresent()).toHaveLength(1);
      expect((await store.engine.openQueue(store.owner('alice'))).presencePosition).toBe(saved.position);
      const [next] = await store.engine.savePresence(TENANT, [{ clientId: 'alice', status: 'offline', lastSeen: 6 }], 500);
      expect(next.position).toBeGreaterThan(saved.position);
    });

    it('loses nothing that was accepted before the stop', async () => {
      await store.createRoom('r1');
      const { engine } = store;
      const accepted = Promise.all(Array.from({ length: 200 }, (_, i) => engine.append([store.request('r1', `${i}`)])));
      await store.restart();
      const results = await accepted;
      expect(results.flat().filter((result) => result instanceof Error)).toEqual([]);
      expect((await store.engine.getRoom(TENANT, 'r1'))?.head).toBe(200);
    });

    it('leaves a stopped engine that refuses everything with STORE_UNAVAILABLE', async () => {
      const { engine } = store;
      await store.restart();
      expect(await rejection(engine.getRoom(TENANT, 'r1'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await rejection(engine.append([store.request('@alice', 'x')]))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });
}
