// Conformance: opening and reading queues.
import { describe, expect, it } from 'vitest';
import { useEngine, type CreateEngine } from './engine-fixture.js';

export function describeQueues(create: CreateEngine): void {
  describe('a queue', () => {
    const store = useEngine(create);
    const open = (clientId: string, device = '') => store.engine.openQueue(store.owner(clientId, device));
    const read = (clientId: string, positions: [string, number][], limit = 50, maxBytes = 1e6) =>
      store.engine.readQueue(store.owner(clientId), positions.map(([log, after]) => ({ log, after })), limit, maxBytes);

    it("always has the client's own log, even before anything is in it", async () => {
      expect(await open('alice')).toEqual({ logs: [{ log: '@alice', after: 0, head: 0, memberCount: 1 }], known: false, presencePosition: 0 });
    });

    it('has every room of the client, at its cursor or where it joined', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.createRoom('r2');
      await store.createRoom('r3', ['bob']);
      await store.publishMany('r1', 5);
      await store.publishMany('r2', 2);
      await store.change('r2', ['+alice']);
      await store.publishMany('@alice', 4);
      await store.acknowledge('alice', 'r1', 3);
      await store.acknowledge('alice', '@alice', 1);
      const { logs } = await open('alice');
      expect(logs.sort((a, b) => a.log.localeCompare(b.log))).toEqual([
        { log: '@alice', after: 1, head: 4, memberCount: 1 },
        { log: 'r1', after: 3, head: 5, memberCount: 2 },
        { log: 'r2', after: 2, head: 3, memberCount: 1 },
      ]);
    });

    it('keeps a position for each device', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 3);
      await store.acknowledge('alice', 'r1', 3, { device: 'phone' });
      expect(await store.texts('alice', { device: 'phone' })).toEqual([]);
      expect(await store.texts('alice')).toHaveLength(3);
    });

    it('is known once the client and device have acknowledged anything, even in a room that it has left', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      await store.acknowledge('alice', 'r1', 1, { device: 'phone' });
      expect((await open('alice', 'phone')).known).toBe(true);
      expect((await open('alice', 'tablet')).known).toBe(false);
      await store.change('r1', ['-alice']);
      expect((await open('alice', 'phone')).known).toBe(true);
    });

    it('has a deleted room while something in it is to be delivered, room_deleted last', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'last words');
      await store.deleteRoom('r1');
      expect((await open('alice')).logs).toContainEqual({ log: 'r1', after: 0, head: 2, memberCount: 0, ended: true });
      expect(await store.texts('alice')).toEqual(['last words', 'room_deleted']);
      await store.acknowledge('alice', 'r1', 1);
      expect(await store.texts('alice')).toEqual(['room_deleted']);
      await store.acknowledge('alice', 'r1', 2);
      expect((await open('alice')).logs.map(({ log }) => log)).toEqual(['@alice']);
    });

    it('is read from each position, with the head as the position behind the page', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 3);
      await store.publishMany('r2', 2);
      const { pages, dropped } = await read('alice', [['r2', 0], ['r1', 1]]);
      expect(pages.map(({ log, entries, through }) => [log, entries.map(({ seq }) => seq), through])).toEqual([
        ['r2', [1, 2], 2],
        ['r1', [2, 3], 3],
      ]);
      expect(dropped).toEqual([]);
      expect(pages[0].entries[0]).toEqual({ seq: 1, incarnation: 0, type: 'message', data: '{"text":"r2 1"}', at: store.clock.now() });
    });

    it('is read up to the limit over all logs, in the order of the positions; logs behind it are missing', async () => {
      for (const room of ['r1', 'r2', 'r3']) {
        await store.createRoom(room, ['alice']);
        await store.publishMany(room, 4);
      }
      const { pages } = await read('alice', [['r2', 0], ['r1', 0], ['r3', 0]], 6);
      expect(pages.map(({ log, entries, through }) => [log, entries.length, through])).toEqual([
        ['r2', 4, 4],
        ['r1', 2, 2],
      ]);
    });

    it('is read from many rooms at once, no further than is asked', async () => {
      const rooms = Array.from({ length: 25 }, (_, i) => `r${i}`);
      for (const room of rooms) {
        await store.createRoom(room, ['alice']);
        await store.publishMany(room, 2);
      }
      const positions = new Map(rooms.map((room) => [room, 0]));
      const sizes: number[] = [];
      for (;;) {
        const { pages } = await read('alice', [...positions], 45);
        if (pages.length === 0) break;
        sizes.push(pages.reduce((sum, { entries }) => sum + entries.length, 0));
        for (const { log, entries, through } of pages) {
          expect(entries.map(({ seq }) => seq)).toEqual([1, 2].filter((seq) => seq > (positions.get(log) ?? 0) && seq <= through));
          positions.set(log, through);
        }
      }
      expect(sizes).toEqual([45, 5]);
      expect([...positions.values()].every((seq) => seq === 2)).toBe(true);
    });

    it('is read up to about so many bytes, and at least one entry', async () => {
      await store.createRoom('r1', ['alice']);
      const data = JSON.stringify({ text: 'x'.repeat(1000) });
      for (let i = 0; i < 5; i++) await store.publish('r1', '', { data });
      const counts = await Promise.all([1, 2500, 1e6].map(async (maxBytes) => (await read('alice', [['r1', 0]], 50, maxBytes)).pages[0].entries.length));
      expect(counts).toEqual([1, 3, 5]);
    });

    it('moves past silent changes at its end, also when the limit falls on the last entry', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      await store.change('r1', ['+a', '+b'], true);
      expect((await read('alice', [['r1', 0]], 1)).pages).toMatchObject([{ entries: [{ seq: 1 }], through: 3 }]);
      expect((await read('alice', [['r1', 1]])).pages).toEqual([{ log: 'r1', entries: [], through: 3 }]);
    });

    it('has no page for a position that cannot move', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      expect(await read('alice', [['r1', 1], ['@alice', 0], ['nowhere', 0]])).toEqual({ pages: [], dropped: [] });
    });

    it("gives nobody another's notifications", async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      await store.publish('@alice', 'secret');
      expect((await read('mallory', [['r1', 0], ['@alice', 0]])).pages).toEqual([]);
    });

    it('is read page by page in order, without a gap or a repetition', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 20);
      await store.publishMany('r2', 17);
      const texts = await store.texts('alice', { limit: 7 });
      for (const [room, count] of [['r1', 20], ['r2', 17]] as const) {
        expect(texts.filter((text) => text.startsWith(room))).toEqual(Array.from({ length: count }, (_, i) => `${room} ${i + 1}`));
      }
      expect(texts).toHaveLength(37);
    });

    it('is summed up for people', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.createRoom('empty', ['alice']);
      await store.publishMany('r1', 3);
      await store.change('r1', ['+b'], true);
      await store.publishMany('r2', 2);
      await store.publishMany('@alice', 1);
      await store.acknowledge('alice', 'r1', 1);
      const summary = await store.engine.inspectQueue(store.owner('alice'));
      expect({ ...summary, logs: summary.logs.sort((a, b) => a.log.localeCompare(b.log)) }).toEqual({
        size: 5,
        dropped: 0,
        logs: [{ log: '@alice', pending: 1 }, { log: 'r1', pending: 2 }, { log: 'r2', pending: 2 }],
      });
    });
  });
}
