// Conformance of an ability that an engine may have: what is to be sent to others.
import { describe, expect, it } from 'vitest';
import type { Outbox, OutboxLimits } from '../../../src/engine/index.js';
import { useEngine, type CreateEngine } from './engine-fixture.js';

const LIMITS: OutboxLimits = { max: 100, rememberMs: 600_000, keepMs: 86_400_000 };
const LEASE_MS = 10_000;
const TO = 'receiver';

export function describeOutbox(create: CreateEngine): void {
  describe('the outbox', () => {
    const store = useEngine(create);
    const outbox = (): Outbox => {
      if (store.engine.outbox === undefined) throw new Error('The engine has no outbox');
      return store.engine.outbox;
    };
    const add = (ids: readonly string[], limits: Partial<OutboxLimits> = {}, destination = TO) =>
      outbox().add(destination, ids.map((id) => ({ id, body: `body of ${id} “ü”` })), { ...LIMITS, ...limits }, store.clock.now());
    const claim = (limit = 100, destination = TO) => outbox().claim(destination, limit, store.clock.now(), LEASE_MS);
    const claimed = async (limit?: number, destination?: string) => (await claim(limit, destination)).messages.map(({ id }) => id).sort();

    it('gives a message out as it was added, once to whoever asks first', async () => {
      const addedAt = store.clock.now();
      expect(await add(['a'])).toEqual({ added: 1, repeated: 0, dropped: 0 });
      store.clock.advanceSeconds(1);
      const { messages, nextAt } = await claim();
      expect(messages).toEqual([{ id: 'a', body: 'body of a “ü”', addedAt, attempt: 1 }]);
      expect(nextAt).toBe(store.clock.now() + LEASE_MS);
      expect(await claim()).toEqual({ messages: [], nextAt });
    });

    it('gives nothing out of a destination that has nothing', async () => {
      expect(await claim()).toEqual({ messages: [] });
      expect(await outbox().inspect(TO)).toEqual({ size: 0 });
    });

    it('gives no message to two that ask at the same time', async () => {
      const ids = Array.from({ length: 60 }, (_, i) => `m${i}`);
      await add(ids);
      const all = await Promise.all(Array.from({ length: 10 }, () => claimed(7)));
      expect(all.flat().sort()).toEqual([...ids].sort());
    });

    it('gives a message out again when a lease ends, as the next attempt', async () => {
      await add(['a']);
      await claim();
      store.clock.advanceSeconds(LEASE_MS / 1000 - 1);
      expect(await claimed()).toEqual([]);
      store.clock.advanceSeconds(1);
      expect((await claim()).messages).toMatchObject([{ id: 'a', attempt: 2 }]);
    });

    it('gives what is due longest out first', async () => {
      await add(['late']);
      store.clock.advanceSeconds(1);
      await add(['later']);
      store.clock.advanceSeconds(1);
      expect(await claimed(1)).toEqual(['late']);
      expect(await claimed(1)).toEqual(['later']);
    });

    it('postpones a message to a time', async () => {
      await add(['a', 'b']);
      const { messages } = await claim();
      const dueAt = store.clock.now() + 60_000;
      for (const message of messages) await outbox().postpone(TO, message, dueAt);
      expect(await claim()).toEqual({ messages: [], nextAt: dueAt });
      store.clock.advanceSeconds(60);
      expect((await claim()).messages.map(({ id, attempt }) => [id, attempt]).sort()).toEqual([['a', 2], ['b', 2]]);
    });

    it('does not postpone a message that was removed, or is another’s by now', async () => {
      await add(['gone', 'taken']);
      const first = (await claim()).messages;
      await outbox().remove(TO, ['gone']);
      store.clock.advanceSeconds(LEASE_MS / 1000);
      const nextAt = store.clock.now() + LEASE_MS;
      expect(await claimed()).toEqual(['taken']);
      for (const message of first) await outbox().postpone(TO, message, store.clock.now());
      expect(await claim()).toEqual({ messages: [], nextAt });
    });

    it('forgets what was removed, whether it was claimed or not', async () => {
      await add(['a', 'b', 'c']);
      await claim(1);
      await outbox().remove(TO, ['a', 'b', 'c', 'unknown']);
      store.clock.advanceSeconds(60);
      expect(await claim()).toEqual({ messages: [] });
      expect(await outbox().inspect(TO)).toEqual({ size: 0 });
    });

    it('does not add what was added before, also after it was removed, as long as it is remembered', async () => {
      await add(['a'], { rememberMs: 5_000 });
      expect(await add(['a', 'b'], { rememberMs: 5_000 })).toEqual({ added: 1, repeated: 1, dropped: 0 });
      await outbox().remove(TO, ['a', 'b']);
      expect(await add(['a'], { rememberMs: 5_000 })).toEqual({ added: 0, repeated: 1, dropped: 0 });
      store.clock.advanceSeconds(4);
      expect(await add(['a'], { rememberMs: 5_000 })).toEqual({ added: 0, repeated: 1, dropped: 0 });
      store.clock.advanceSeconds(2);
      expect(await add(['a'], { rememberMs: 5_000 })).toEqual({ added: 1, repeated: 0, dropped: 0 });
    });

    it('adds a message once to whoever adds it at the same time', async () => {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => add(['a', 'b'])));
      expect(outcomes.reduce((sum, { added }) => sum + added, 0)).toBe(2);
      expect(await claimed()).toEqual(['a', 'b']);
    });

    it('keeps no more than its limit: the oldest go, those that are claimed too', async () => {
      await add(['1', '2', '3'], { max: 3 });
      await claim(1);
      store.clock.advanceSeconds(1);
      expect(await add(['4', '5'], { max: 3 })).toEqual({ added: 2, repeated: 0, dropped: 2 });
      store.clock.advanceSeconds(60);
      const left = await claimed();
      expect(left).toHaveLength(3);
      expect(left).toEqual(expect.arrayContaining(['4', '5']));
    });

    it('keeps destinations apart', async () => {
      await add(['a', 'b'], { max: 2 });
      await add(['a', 'c'], { max: 2 }, 'other');
      await outbox().remove(TO, ['a']);
      expect(await claimed()).toEqual(['b']);
      expect(await claimed(9, 'other')).toEqual(['a', 'c']);
    });

    it('says how much waits, and since when', async () => {
      const oldestAt = store.clock.now();
      await add(['a']);
      store.clock.advanceSeconds(1);
      await add(['b']);
      await claim(1);
      expect(await outbox().inspect(TO)).toEqual({ size: 2, oldestAt });
      await outbox().remove(TO, ['a']);
      expect(await outbox().inspect(TO)).toEqual({ size: 1, oldestAt: oldestAt + 1000 });
    });

    it('keeps everything over a restart: messages, attempts, leases, what it remembers', async () => {
      await add(['a', 'b']);
      expect(await claimed(1)).toHaveLength(1);
      await store.restart();
      expect(await claimed()).toHaveLength(1);
      expect(await add(['a', 'b'])).toEqual({ added: 0, repeated: 2, dropped: 0 });
      store.clock.advanceSeconds(LEASE_MS / 1000);
      expect((await claim()).messages.map(({ id, attempt }) => [id, attempt]).sort()).toEqual([['a', 2], ['b', 2]]);
    });

    it('takes large messages, and many at once', async () => {
      const body = '“'.repeat(50_000);
      await outbox().add(TO, [{ id: 'large', body }], LIMITS, store.clock.now());
      expect((await claim()).messages).toMatchObject([{ id: 'large', body }]);
      expect(await add(Array.from({ length: 3_000 }, (_, i) => `m${i}`), { max: 10_000 })).toEqual({ added: 3_000, repeated: 0, dropped: 0 });
      expect(await outbox().inspect(TO)).toMatchObject({ size: 3_001 });
    });
  });
}
