// Conformance: appending to logs and reading them back.
import { describe, expect, it } from 'vitest';
import { TENANT, textOf, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeAppending(create: CreateEngine): void {
  describe('appending', () => {
    const store = useEngine(create);

    it('numbers a log from 1, without a hole, and gives back what was appended', async () => {
      await store.createRoom('r1');
      const at = store.clock.now();
      await store.publish('r1', 'one');
      await store.publish('r1', 'two', { type: 'custom.type', data: '{"text":"zwei ü 𝄞"}' });
      expect(await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).toEqual([
        { seq: 1, incarnation: 0, type: 'message', data: '{"text":"one"}', at },
        { seq: 2, incarnation: 0, type: 'custom.type', data: '{"text":"zwei ü 𝄞"}', at },
      ]);
    });

    it('answers with the number, the incarnation and the time that the entry got', async () => {
      await store.createRoom('r1');
      expect(await store.publish('r1', 'one')).toEqual({ seq: 1, incarnation: 0, at: store.clock.now(), duplicate: false });
    });

    it('refuses a room that does not exist, and the other requests of the same call are carried out in order', async () => {
      await store.createRoom('r1');
      const results = await store.engine.append([store.request('r1', 'one'), store.request('nowhere', 'lost'), store.request('r1', 'two')]);
      expect(results).toEqual([
        expect.objectContaining({ seq: 1 }),
        expect.objectContaining({ code: 'ROOM_NOT_FOUND' }),
        expect.objectContaining({ seq: 2 }),
      ]);
      expect(results[1]).toBeInstanceOf(Error);
    });

    it('answers an empty call with nothing', async () => {
      expect(await store.engine.append([])).toEqual([]);
    });

    it("makes a client's own log with its first entry", async () => {
      expect(await store.engine.readLog({ tenant: TENANT, log: '@alice' }, 0, 10)).toEqual([]);
      expect(await store.publish('@alice', 'hello')).toMatchObject({ seq: 1 });
      expect((await store.engine.readLog({ tenant: TENANT, log: '@alice' }, 0, 10)).map(textOf)).toEqual(['hello']);
    });

    it('keeps the logs of tenants apart', async () => {
      await store.createRoom('r1');
      expect(await store.engine.append([store.request('r1', 'one', { tenant: 'other' })])).toEqual([expect.objectContaining({ code: 'ROOM_NOT_FOUND' })]);
      await store.publish('@alice', 'here');
      expect(await store.publish('@alice', 'there', { tenant: 'other' })).toMatchObject({ seq: 1 });
      expect((await store.engine.readLog({ tenant: 'other', log: '@alice' }, 0, 10)).map(textOf)).toEqual(['there']);
    });

    it('refuses an author who is no member at that point of the order', async () => {
      await store.createRoom('r1', ['alice']);
      expect(await store.publish('r1', 'in', { author: 'alice' })).toMatchObject({ seq: 1 });
      const [left, late] = await Promise.all([store.change('r1', ['-alice']), store.publish('r1', 'out', { author: 'alice' }).catch((e: unknown) => e)]);
      expect(left).toEqual({ added: [], removed: ['alice'] });
      expect(late).toMatchObject({ code: 'ROOM_NOT_FOUND' });
      expect((await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(textOf)).toEqual(['in', 'client_left alice']);
    });

    it("lets only its owner be the author in a client's own log", async () => {
      expect(await store.publish('@alice', 'note', { author: 'alice' })).toMatchObject({ seq: 1 });
      expect(await store.engine.append([store.request('@alice', 'note', { author: 'bob' })])).toEqual([expect.objectContaining({ code: 'ROOM_NOT_FOUND' })]);
    });

    it('gives concurrent calls the order in which they were made', async () => {
      await store.createRoom('r1');
      const results = await Promise.all(Array.from({ length: 300 }, (_, i) => store.publish('r1', `${i}`)));
      expect(results.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(store.feed.filter(({ entry }) => entry !== undefined).map(({ entry }) => textOf(entry!))).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`));
    });

    it('reads a log page by page, and nothing behind its head', async () => {
      await store.createRoom('r1');
      await store.publishMany('r1', 5);
      const read = async (after: number) => (await store.engine.readLog({ tenant: TENANT, log: 'r1' }, after, 2)).map(({ seq }) => seq);
      expect([await read(0), await read(2), await read(4), await read(5), await read(99)]).toEqual([[1, 2], [3, 4], [5], [], []]);
    });

    it('keeps exactly the newest QUEUE_MAX_PER_CLIENT entries of a log, silent changes not counted', async () => {
      await store.createRoom('r1');
      const kept = async () => (await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 1000)).map(({ seq }) => seq);
      const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
      await store.publishMany('r1', 50);
      expect(await kept()).toEqual(range(1, 50));
      await store.publishMany('r1', 1);
      expect(await kept()).toEqual(range(2, 51));
      await store.change('r1', ['+a', '+b', '+c'], true);
      expect(await kept()).toEqual(range(2, 51));
      for (let round = 0; round < 5; round++) await store.publishMany('r1', 33);
      expect(await kept()).toEqual(range(170, 219));
    });

    it('drops entries older than QUEUE_TTL_SECONDS', async () => {
      await store.createRoom('r1');
      await store.publish('r1', 'old');
      store.clock.advanceSeconds(1800);
      await store.publish('r1', 'newer');
      store.clock.advanceSeconds(1800);
      const texts = async () => (await store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(textOf);
      expect(await texts()).toEqual(['old', 'newer']);
      store.clock.advanceSeconds(1);
      expect(await texts()).toEqual(['newer']);
      store.clock.advanceSeconds(1800);
      expect(await texts()).toEqual([]);
      expect(await store.publish('r1', 'after')).toMatchObject({ seq: 3 });
    });
  });
}
