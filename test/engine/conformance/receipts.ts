// Conformance: receipts.
import { describe, expect, it } from 'vitest';
import { rejection, TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeReceipts(create: CreateEngine): void {
  describe('receipts', () => {
    const store = useEngine(create, { queueMaxPerClient: 10 });
    const receipts = (seq: number, page = { limit: 50 }) => store.engine.receipts(TENANT, 'r1', seq, page);
    const states = async (seq: number) => Object.fromEntries((await receipts(seq)).items.map(({ clientId, state }) => [clientId, state]));

    it('tell how far an entry got with each member', async () => {
      await store.createRoom('r1', ['acked', 'delivered', 'former', 'pending']);
      await store.publish('r1', 'x');
      await store.change('r1', ['-former', '+late']);
      await store.acknowledge('delivered', 'r1', 1);
      await store.acknowledge('acked', 'r1', 1, { clientSeq: 1 });
      expect(await states(1)).toEqual({ acked: 'acknowledged', delivered: 'delivered', late: 'not_a_member', pending: 'pending' });
    });

    it('tell when the cursor was raised that says so', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publishMany('r1', 2);
      const delivered = store.clock.now();
      await store.acknowledge('alice', 'r1', 2);
      store.clock.advanceSeconds(5);
      await store.acknowledge('alice', 'r1', 1, { clientSeq: 1 });
      expect((await receipts(1)).items).toEqual([
        { clientId: 'alice', state: 'acknowledged', at: delivered + 5000 },
        { clientId: 'bob', state: 'pending' },
      ]);
      expect((await receipts(2)).items[0]).toEqual({ clientId: 'alice', state: 'delivered', at: delivered });
    });

    it('count the best of several devices', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      await store.acknowledge('alice', 'r1', 1);
      await store.acknowledge('alice', 'r1', 1, { device: 'phone', clientSeq: 1 });
      expect(await states(1)).toEqual({ alice: 'acknowledged' });
    });

    it('say dropped once the log keeps the entry no more', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publish('r1', 'x');
      await store.acknowledge('bob', 'r1', 1);
      await store.publishMany('r1', 9);
      expect(await states(1)).toEqual({ alice: 'pending', bob: 'delivered' });
      await store.publishMany('r1', 1);
      expect(await states(1)).toEqual({ alice: 'dropped', bob: 'delivered' });
    });

    it('say dropped once newer notifications of other rooms have pushed it out of the queue', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.createRoom('r2', ['alice']);
      await store.publish('r1', 'x');
      store.clock.advanceSeconds(1);
      await store.publishMany('r2', 10);
      expect(await states(1)).toEqual({ alice: 'dropped', bob: 'pending' });
    });

    it('say dropped after QUEUE_TTL_SECONDS', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      store.clock.advanceSeconds(3601);
      expect(await states(1)).toEqual({ alice: 'dropped' });
    });

    it('go on saying dropped when the client has been told so, and its cursor has passed it', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      await store.publishMany('r1', 14);
      await store.acknowledge('bob', 'r1', 4);
      await store.acknowledge('alice', 'r1', 14, { clientSeq: 14, dropped: { fromSeq: 1, toSeq: 4 } });
      await store.acknowledge('bob', 'r1', 14, { dropped: { fromSeq: 1, toSeq: 4 } });
      expect(await states(4)).toEqual({ alice: 'dropped', bob: 'delivered', carol: 'dropped' });
      expect(await states(5)).toEqual({ alice: 'acknowledged', bob: 'delivered', carol: 'pending' });
      await store.acknowledge('alice', 'r1', 14, { clientSeq: 14 });
      expect(await states(1)).toMatchObject({ alice: 'dropped' });
      await store.acknowledge('alice', 'r1', 4, { device: 'phone' });
      expect(await states(4)).toMatchObject({ alice: 'delivered' });
      await store.publishMany('r1', 20);
      await store.acknowledge('alice', 'r1', 34, { dropped: { fromSeq: 15, toSeq: 24 } });
      expect([await states(14), await states(15), await states(24), await states(25)]).toMatchObject([{ alice: 'acknowledged' }, { alice: 'dropped' }, { alice: 'dropped' }, { alice: 'delivered' }]);
    });

    it('come page by page in the order of the client ids', async () => {
      await store.createRoom('r1', ['c', 'a', 'b']);
      await store.publish('r1', 'x');
      expect(await receipts(1, { limit: 2 })).toEqual({
        items: [{ clientId: 'a', state: 'pending' }, { clientId: 'b', state: 'pending' }],
        next: 'b',
      });
      expect(await store.engine.receipts(TENANT, 'r1', 1, { limit: 2, after: 'b' })).toEqual({ items: [{ clientId: 'c', state: 'pending' }] });
    });

    it('come whole in one page that is large enough', async () => {
      const members = Array.from({ length: 50 }, (_, i) => `c${10 + i}`);
      await store.createRoom('r1', members);
      await store.publish('r1', 'x');
      expect(await receipts(1)).toEqual({ items: members.map((clientId) => ({ clientId, state: 'pending' })) });
      expect(await receipts(1, { limit: 49 })).toMatchObject({ items: { length: 49 }, next: 'c58' });
    });

    it('are refused for a number that the log never gave', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publish('r1', 'x');
      for (const seq of [0, -1, 2, 1.5]) expect(await rejection(receipts(seq))).toMatchObject({ code: 'MESSAGE_NOT_FOUND' });
    });
  });
}
