// Conformance: cursors.
import { describe, expect, it } from 'vitest';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeCursors(create: CreateEngine): void {
  describe('a cursor', () => {
    const store = useEngine(create);
    const after = async (log: string, device = '') => (await store.engine.openQueue(store.owner('alice', device))).logs.find((opened) => opened.log === log)?.after;

    it('is only ever raised', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 9);
      await store.acknowledge('alice', 'r1', 5);
      await store.acknowledge('alice', 'r1', 3);
      expect(await after('r1')).toBe(5);
      await store.acknowledge('alice', 'r1', 7);
      expect(await after('r1')).toBe(7);
    });

    it('never gets beyond the head of its log', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 2);
      await store.acknowledge('alice', 'r1', 100);
      await store.publish('r1', 'still to come');
      expect(await store.texts('alice')).toEqual(['still to come']);
    });

    it('is saved for many logs and devices at once', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 4);
      await store.publishMany('@alice', 4);
      const base = { tenant: TENANT, clientId: 'alice', clientSeq: 0, at: store.clock.now() };
      await store.engine.saveCursors([
        { ...base, device: '', log: 'r1', seq: 1 },
        { ...base, device: 'phone', log: 'r1', seq: 2 },
        { ...base, device: '', log: '@alice', seq: 3 },
        { ...base, device: '', log: 'nowhere', seq: 3 },
      ]);
      expect([await after('r1'), await after('r1', 'phone'), await after('@alice'), await after('@alice', 'phone')]).toEqual([1, 2, 3, 0]);
    });

    it('tells, when raised, the best position of its client before, over all devices', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publishMany('r1', 9);
      expect(await store.acknowledge('alice', 'r1', 3)).toBe(0);
      expect(await store.acknowledge('alice', 'r1', 5, { device: 'phone' })).toBe(3);
      expect(await store.acknowledge('alice', 'r1', 4)).toBe(5);
      expect(await store.acknowledge('alice', 'r1', 2, { device: 'phone' })).toBe(5);
      expect(await store.acknowledge('alice', 'r1', 7, { device: 'laptop' })).toBe(5);
      expect(await store.acknowledge('bob', 'r1', 1)).toBe(0);
    });

    it('tells it for each of several updates, in their order', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 9);
      await store.publishMany('@alice', 2);
      const base = { tenant: TENANT, clientId: 'alice', clientSeq: 0, at: store.clock.now() };
      const before = await store.engine.saveCursors([
        { ...base, device: '', log: 'r1', seq: 4 },
        { ...base, device: 'phone', log: 'r1', seq: 6 },
        { ...base, device: '', log: 'nowhere', seq: 1 },
        { ...base, device: '', log: '@alice', seq: 2 },
        { ...base, device: '', log: 'r1', seq: 9 },
        { ...base, device: '', log: '@bob', seq: 1 },
      ]);
      expect(before).toEqual([0, 4, undefined, 0, 6, undefined]);
    });

    it('tells where its client joined, when it has acknowledged nothing since', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 5);
      await store.acknowledge('alice', 'r1', 4);
      await store.change('r1', ['-alice', '+alice']);
      expect(await store.acknowledge('alice', 'r1', 7)).toBe(6);
      expect(await store.acknowledge('alice', 'r1', 7, { device: 'phone' })).toBe(7);
    });

    it('of a client that is no member changes nothing, and tells nothing', async () => {
      await store.createRoom('r1');
      await store.publishMany('r1', 4);
      expect(await store.acknowledge('alice', 'r1', 4)).toBeUndefined();
      expect(await store.acknowledge('alice', '@bob', 4)).toBeUndefined();
      expect((await store.engine.openQueue(store.owner('alice'))).known).toBe(false);
      await store.change('r1', ['+alice']);
      expect(await store.texts('alice')).toEqual(['client_joined alice']);
    });
  });
}
