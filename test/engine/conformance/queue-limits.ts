// Conformance: what falls out of a queue, and that it is counted exactly.
import { describe, expect, it } from 'vitest';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export function describeQueueLimits(create: CreateEngine): void {
  describe('a queue of at most 1000', () => {
    const store = useEngine(create, { queueMaxPerClient: 1000 });

    it('gives a client that was away for 5,000 messages in three rooms the newest 1,000, and counts the 4,000 others', async () => {
      const rooms = ['r1', 'r2', 'r3'];
      for (const room of rooms) await store.createRoom(room, ['alice']);
      const published: { log: string; seq: number }[] = [];
      for (let i = 0; i < 5000; i += 100) {
        const requests = Array.from({ length: 100 }, (_, k) => store.request(rooms[(i + k) % 7 % 3], `${i + k}`, { at: store.clock.now() + i + k }));
        const results = await store.engine.append(requests);
        results.forEach((result, k) => published.push({ log: requests[k].log, seq: (result as { seq: number }).seq }));
      }
      store.clock.advanceSeconds(10);
      const { received, dropped } = await store.drain('alice');
      for (const room of rooms) {
        const kept = published.slice(-1000).filter(({ log }) => log === room).map(({ seq }) => seq);
        expect(received.filter(({ log }) => log === room).map(({ entry }) => entry.seq)).toEqual(kept);
        const gone = published.slice(0, -1000).filter(({ log }) => log === room).length;
        expect(dropped.filter(({ log }) => log === room)).toEqual([{ log: room, fromSeq: 1, toSeq: gone, count: gone }]);
      }
      expect(sum(dropped.map(({ count }) => count))).toBe(4000);
    });

    it('reports everything that fell out in one answer, also of the logs behind the limit', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 1500);
      store.clock.advanceSeconds(1);
      await store.publishMany('r2', 1200);
      const positions = [{ log: 'r2', after: 0 }, { log: 'r1', after: 0 }];
      const { pages, dropped } = await store.engine.readQueue(store.owner('alice'), positions, 10, 1e6);
      expect(dropped).toEqual([
        { log: 'r2', fromSeq: 1, toSeq: 200, count: 200 },
        { log: 'r1', fromSeq: 1, toSeq: 1500, count: 1500 },
      ]);
      expect(pages.map(({ log, entries, through }) => [log, entries[0]?.seq, entries.length, through])).toEqual([
        ['r2', 201, 10, 210],
        ['r1', undefined, 0, 1500],
      ]);
    });

    it('keeps the newest by time over a thousand rooms', async () => {
      const rooms = Array.from({ length: 1000 }, (_, i) => `r${i}`);
      await Promise.all(rooms.map((room) => store.createRoom(room, ['alice'])));
      for (let round = 0; round < 3; round++) {
        store.clock.advanceSeconds(1);
        await store.engine.append(rooms.map((room) => store.request(room, `${round}`)));
      }
      const { received, dropped } = await store.drain('alice', { limit: 256 });
      expect(received.map(({ entry }) => entry.seq)).toEqual(rooms.map(() => 3));
      expect(new Set(received.map(({ log }) => log)).size).toBe(1000);
      expect(dropped).toHaveLength(1000);
      expect(sum(dropped.map(({ count }) => count))).toBe(2000);
    });

    it('shows the same to people', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 900);
      store.clock.advanceSeconds(1);
      await store.publishMany('r2', 400);
      const summary = await store.engine.inspectQueue(store.owner('alice'));
      expect(summary).toMatchObject({ size: 1000, dropped: 300 });
      expect(summary.logs).toEqual(expect.arrayContaining([{ log: 'r1', pending: 600 }, { log: 'r2', pending: 400 }]));
    });
  });

  describe('a queue of at most 10, for an hour', () => {
    const store = useEngine(create, { queueMaxPerClient: 10 });

    it('counts silent changes in no dropped range', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 3);
      await store.change('r1', ['+a', '+b', '+c'], true);
      await store.publishMany('r1', 4);
      await store.change('r1', ['+d'], true);
      await store.publishMany('r1', 8);
      const { received, dropped } = await store.drain('alice');
      expect(received.map(({ entry }) => entry.seq)).toEqual([9, 10, 12, 13, 14, 15, 16, 17, 18, 19]);
      expect(dropped).toEqual([{ log: 'r1', fromSeq: 1, toSeq: 8, count: 5 }]);
    });

    it('drops nothing on account of silent changes alone', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 10);
      await store.change('r1', Array.from({ length: 100 }, (_, i) => `+c${i}`), true);
      const { received, dropped } = await store.drain('alice');
      expect(received).toHaveLength(10);
      expect(dropped).toEqual([]);
    });

    it('counts what was acknowledged as no part of it', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 8);
      await store.acknowledge('alice', 'r1', 8);
      await store.publishMany('r1', 10);
      const { received, dropped } = await store.drain('alice');
      expect(received).toHaveLength(10);
      expect(dropped).toEqual([]);
    });

    it('forms from the positions that are read, not from what is stored as acknowledged', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 8);
      await store.publishMany('r2', 8);
      const { pages, dropped } = await store.engine.readQueue(store.owner('alice'), [{ log: 'r1', after: 0 }, { log: 'r2', after: 6 }], 50, 1e6);
      expect(pages.map(({ entries }) => entries.length)).toEqual([8, 2]);
      expect(dropped).toEqual([]);
    });

    it('drops the beginning of each log only, even when the clock went back', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      const now = store.clock.now();
      for (const offset of [0, 9000, 1000, 8000, 2000, 7000]) await store.publish('r1', 'x', { at: now + offset });
      for (let i = 0; i < 8; i++) await store.publish('r2', 'y', { at: now + 5000 });
      const { received, dropped } = await store.drain('alice');
      expect(received).toHaveLength(10);
      expect(sum(dropped.map(({ count }) => count))).toBe(4);
      for (const log of ['r1', 'r2']) {
        const seqs = received.filter((item) => item.log === log).map(({ entry }) => entry.seq);
        const head = log === 'r1' ? 6 : 8;
        expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => head - seqs.length + 1 + i));
      }
    });

    it('drops what is older than QUEUE_TTL_SECONDS, and counts it', async () => {
      await store.createRoom('r1', ['alice']);
      await store.createRoom('r2', ['alice']);
      await store.publishMany('r1', 3);
      await store.publishMany('r2', 2);
      store.clock.advanceSeconds(3000);
      await store.publish('r1', 'young');
      store.clock.advanceSeconds(601);
      expect(await store.engine.inspectQueue(store.owner('alice'))).toEqual({ size: 1, dropped: 5, logs: [{ log: 'r1', pending: 1 }] });
      const { received, dropped } = await store.drain('alice');
      expect(received.map(({ entry }) => entry.seq)).toEqual([4]);
      expect(dropped).toEqual([
        { log: 'r1', fromSeq: 1, toSeq: 3, count: 3 },
        { log: 'r2', fromSeq: 1, toSeq: 2, count: 2 },
      ]);
    });

    it('reports nothing twice to a client that has acknowledged up to there', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 25);
      expect((await store.drain('alice')).dropped).toMatchObject([{ count: 15 }]);
      await store.acknowledge('alice', 'r1', 25);
      await store.publish('r1', 'x');
      const { received, dropped } = await store.drain('alice');
      expect(received).toHaveLength(1);
      expect(dropped).toEqual([]);
      expect(await store.engine.getRoom(TENANT, 'r1')).toMatchObject({ head: 26 });
    });
  });
}
