// Conformance: a repeated append changes nothing.
import { describe, expect, it } from 'vitest';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeIdempotency(create: CreateEngine): void {
  describe('idempotency', () => {
    const store = useEngine(create);
    const key = { idempotency: { sender: 'alice', id: 'm1' } };

    it("answers a repetition with the first append's result, and appends nothing", async () => {
      await store.createRoom('r1');
      const first = await store.publish('r1', 'first', key);
      store.clock.advanceSeconds(5);
      expect(await store.publish('r1', 'second', key)).toEqual({ ...first, duplicate: true, firstData: '{"text":"first"}' });
      expect((await store.engine.getRoom(TENANT, 'r1'))?.head).toBe(1);
      expect(store.feed.filter(({ entry }) => entry !== undefined)).toHaveLength(1);
    });

    it('notices a repetition within one call', async () => {
      await store.createRoom('r1');
      const results = await store.engine.append([store.request('r1', 'a', key), store.request('r1', 'b', key)]);
      expect(results).toEqual([expect.objectContaining({ seq: 1, duplicate: false }), expect.objectContaining({ seq: 1, duplicate: true })]);
    });

    it('tells senders, ids and logs apart', async () => {
      await store.createRoom('r1');
      await store.createRoom('r2');
      await store.publish('r1', 'a', key);
      expect(await store.publish('r1', 'b', { idempotency: { sender: 'bob', id: 'm1' } })).toMatchObject({ seq: 2, duplicate: false });
      expect(await store.publish('r1', 'c', { idempotency: { sender: 'alice', id: 'm2' } })).toMatchObject({ seq: 3, duplicate: false });
      expect(await store.publish('r2', 'd', key)).toMatchObject({ seq: 1, duplicate: false });
    });

    it('answers without the data when the log keeps the first entry no more', async () => {
      await store.createRoom('r1');
      await store.publish('r1', 'first', key);
      await store.publishMany('r1', 50);
      const repeated = await store.publish('r1', 'second', key);
      expect(repeated).toMatchObject({ seq: 1, duplicate: true });
      expect(repeated).not.toHaveProperty('firstData');
    });

    it('answers a repetition even when its author has left meanwhile', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'first', { ...key, author: 'alice' });
      await store.change('r1', ['-alice']);
      expect(await store.publish('r1', 'first', { ...key, author: 'alice' })).toMatchObject({ seq: 1, duplicate: true });
    });

    it('does not remember a refused append', async () => {
      await store.createRoom('r1');
      expect(await store.engine.append([store.request('r1', 'a', { ...key, author: 'alice' })])).toEqual([expect.objectContaining({ code: 'ROOM_NOT_FOUND' })]);
      await store.change('r1', ['+alice']);
      expect(await store.publish('r1', 'a', { ...key, author: 'alice' })).toMatchObject({ seq: 2, duplicate: false });
    });

    it('forgets after IDEMPOTENCY_TTL_SECONDS, and begins anew', async () => {
      await store.createRoom('r1');
      await store.publish('r1', 'first', key);
      store.clock.advanceSeconds(599);
      expect(await store.publish('r1', 'again', key)).toMatchObject({ duplicate: true });
      store.clock.advanceSeconds(1);
      expect(await store.publish('r1', 'anew', key)).toMatchObject({ seq: 2, duplicate: false });
      expect(await store.publish('r1', 'again', key)).toMatchObject({ seq: 2, duplicate: true });
    });

    it('remembers over a restart', async () => {
      await store.createRoom('r1');
      await store.publish('r1', 'first', key);
      await store.restart();
      expect(await store.publish('r1', 'second', key)).toMatchObject({ seq: 1, duplicate: true, firstData: '{"text":"first"}' });
    });
  });
}
