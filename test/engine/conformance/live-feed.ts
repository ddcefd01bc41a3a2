// Conformance: the live feed.
import { describe, expect, it } from 'vitest';
import { type AppendedEntry } from '../../../src/log/index.js';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeLiveFeed(create: CreateEngine): void {
  describe('the live feed', () => {
    const store = useEngine(create);

    it('brings each entry before the promise of the write that made it resolves', async () => {
      await store.createRoom('r1');
      const seen: number[] = [];
      const heads = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const { seq } = await store.publish('r1', 'x');
          seen.push(seq);
          return store.feed.some((item) => item.seq === seq && item.entry !== undefined);
        }),
      );
      expect(seen).toHaveLength(40);
      expect(heads).not.toContain(false);
    });

    it('brings an entry before any queue that contains it is answered', async () => {
      await store.createRoom('r1', ['alice']);
      const writes = Promise.all(Array.from({ length: 30 }, () => store.publish('r1', 'x')));
      for (let i = 0; i < 30; i++) {
        const { logs } = await store.engine.openQueue(store.owner('alice'));
        const head = logs.find(({ log }) => log === 'r1')?.head ?? 0;
        const { pages } = await store.engine.readQueue(store.owner('alice'), [{ log: 'r1', after: 0 }], 100, 1e6);
        const fed = store.feed.filter(({ entry }) => entry !== undefined).length;
        expect(fed).toBeGreaterThanOrEqual(Math.max(head, pages[0]?.entries.length ?? 0));
      }
      await writes;
    });

    it('brings the entry itself, the change that took place at it, and the number of members after it', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'hello');
      await store.change('r1', ['+bob', '-alice']);
      await store.deleteRoom('r1');
      const shape = ({ tenant, log, seq, entry, change, memberCount }: AppendedEntry) => ({ at: `${tenant}/${log}`, seq, type: entry?.type, entry: entry?.seq, change, memberCount });
      const at = `${TENANT}/r1`;
      expect(store.feed.map(shape)).toEqual([
        { at, seq: 0, type: undefined, entry: undefined, change: { kind: 'created', members: ['alice'] }, memberCount: 1 },
        { at, seq: 1, type: 'message', entry: 1, change: undefined, memberCount: 1 },
        { at, seq: 2, type: 'room_update', entry: 2, change: { kind: 'joined', clientId: 'bob' }, memberCount: 2 },
        { at, seq: 3, type: 'room_update', entry: 3, change: { kind: 'left', clientId: 'alice' }, memberCount: 1 },
        { at, seq: 4, type: 'room_update', entry: 4, change: { kind: 'deleted' }, memberCount: 0 },
      ]);
    });

    it('brings silent changes with their number and without an entry', async () => {
      await store.createRoom('r1');
      await store.change('r1', ['+bob'], true);
      expect(store.feed.at(-1)).toEqual({ tenant: TENANT, log: 'r1', seq: 1, change: { kind: 'joined', clientId: 'bob' }, memberCount: 1 });
    });

    it('counts one member in a client\'s own log', async () => {
      await store.publish('@alice', 'hello');
      expect(store.feed).toEqual([expect.objectContaining({ log: '@alice', seq: 1, memberCount: 1 })]);
    });

    it('brings each number of a log once and in order, whoever writes', async () => {
      await store.createRoom('r1');
      await store.createRoom('r2');
      await Promise.all(
        Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? store.change(`r${1 + (i % 2)}`, [`+c${i}`], i % 2 === 0) : store.publish(`r${1 + (i % 2)}`, `${i}`))),
      );
      for (const log of ['r1', 'r2']) {
        const numbers = store.feed.filter((item) => item.log === log && item.change?.kind !== 'created').map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        expect(numbers).toHaveLength(30);
      }
    });

    it('brings nothing for what was refused or changed nothing', async () => {
      await store.createRoom('r1', ['alice']);
      const before = store.feed.length;
      await store.engine.append([store.request('nowhere', 'x')]);
      await store.change('r1', ['+alice', '-nobody']);
      await store.createRoom('r1').catch(() => undefined);
      expect(store.feed).toHaveLength(before);
    });
  });
}
