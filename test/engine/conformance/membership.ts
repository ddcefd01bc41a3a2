// Conformance: members.
import { describe, expect, it } from 'vitest';
import { TENANT, textOf, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeMembership(create: CreateEngine): void {
  describe('members', () => {
    const store = useEngine(create, { queueMaxPerClient: 5000 });
    const log = async () => store.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 5000);

    it('are there from the beginning when named at the making, without a client_joined', async () => {
      await store.createRoom('r1', ['alice']);
      expect(await log()).toEqual([]);
      expect(await store.engine.getMember(TENANT, 'r1', 'alice')).toEqual({ clientId: 'alice', joinedSeq: 0, joinedAt: store.clock.now() });
      await store.publish('r1', 'first');
      expect(await store.texts('alice')).toEqual(['first']);
    });

    it('receive from their own client_joined on, and nothing from before', async () => {
      await store.createRoom('r1');
      await store.publish('r1', 'before');
      await store.change('r1', ['+bob']);
      await store.publish('r1', 'after');
      expect(await store.engine.getMember(TENANT, 'r1', 'bob')).toMatchObject({ joinedSeq: 1 });
      expect(await store.texts('bob')).toEqual(['client_joined bob', 'after']);
    });

    it('get nothing any more once they have left, not even what was queued', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.publish('r1', 'queued');
      const position = [{ log: 'r1', after: 0 }];
      await store.change('r1', ['-alice']);
      expect(await store.texts('alice')).toEqual([]);
      expect((await store.engine.readQueue(store.owner('alice'), position, 50, 1e6)).pages).toEqual([]);
      expect(await store.texts('bob')).toEqual(['queued', 'client_left alice']);
    });

    it('who come back receive from their new joining on, with no cursor left from before', async () => {
      await store.createRoom('r1', ['alice']);
      await store.publishMany('r1', 3);
      await store.acknowledge('alice', 'r1', 3, { device: 'phone' });
      await store.change('r1', ['-alice']);
      await store.publish('r1', 'missed');
      await store.change('r1', ['+alice']);
      expect(await store.texts('alice', { device: 'phone' })).toEqual(['client_joined alice']);
      const { pages } = await store.engine.readQueue(store.owner('alice'), [{ log: 'r1', after: 1 }], 50, 1e6);
      expect(pages).toMatchObject([{ log: 'r1', entries: [{ seq: 6 }], through: 6 }]);
    });

    it('change in order in one call, and what changes nothing takes no number', async () => {
      await store.createRoom('r1', ['alice']);
      expect(await store.change('r1', ['+alice', '+bob', '-alice', '-nobody', '+bob', '+alice'])).toEqual({ added: ['bob', 'alice'], removed: ['alice'] });
      expect((await log()).map(textOf)).toEqual(['client_joined bob', 'client_left alice', 'client_joined alice']);
      expect(await store.engine.getRoom(TENANT, 'r1')).toMatchObject({ memberCount: 2, head: 3 });
    });

    it('change a thousand at a time, each with its own entry in order', async () => {
      await store.createRoom('r1', ['watcher']);
      const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
      expect(await store.change('r1', names.map((name) => `+${name}`))).toEqual({ added: names, removed: [] });
      expect((await log()).map(textOf)).toEqual(names.map((name) => `client_joined ${name}`));
      expect(store.feed.slice(-1000).map(({ memberCount }) => memberCount)).toEqual(names.map((_, i) => i + 2));
      expect(await store.engine.getMember(TENANT, 'r1', 'c500')).toMatchObject({ joinedSeq: 500 });
    });

    it('say in their entry who joined or left, where and when', async () => {
      await store.createRoom('r1');
      await store.change('r1', ['+bob']);
      const [entry] = await log();
      expect(entry).toMatchObject({ type: 'room_update', at: store.clock.now() });
      expect(JSON.parse(entry.data)).toEqual({ room_id: 'r1', event: 'client_joined', client_id: 'bob', timestamp: '2024-01-15T10:30:00.000Z' });
    });

    it('that change silently take numbers that nobody is notified of', async () => {
      await store.createRoom('r1', ['alice']);
      await store.change('r1', ['+bob', '+carol'], true);
      await store.publish('r1', 'hello');
      await store.change('r1', ['-carol'], true);
      expect((await log()).map(({ seq }) => seq)).toEqual([3]);
      expect(await store.engine.getRoom(TENANT, 'r1')).toMatchObject({ head: 4, memberCount: 2 });
      expect(await store.engine.getMember(TENANT, 'r1', 'carol')).toBeUndefined();
      expect(await store.texts('alice')).toEqual(['hello']);
      expect(await store.texts('bob')).toEqual(['hello']);
    });

    it('are listed page by page in the order of their ids', async () => {
      await store.createRoom('r1', ['d', 'b', 'a']);
      await store.change('r1', ['+c']);
      expect(await store.engine.listMembers(TENANT, 'r1', { limit: 2 })).toMatchObject({ items: [{ clientId: 'a' }, { clientId: 'b' }], next: 'b' });
      expect(await store.engine.listMembers(TENANT, 'r1', { limit: 2, after: 'b' })).toEqual({
        items: [
          { clientId: 'c', joinedSeq: 0, joinedAt: store.clock.now() },
          { clientId: 'd', joinedSeq: 0, joinedAt: store.clock.now() },
        ],
      });
    });

    it('share a room while both are in it, and always with themselves', async () => {
      await store.createRoom('r1', ['alice', 'bob']);
      await store.createRoom('r2', ['carol']);
      const share = (a: string, b: string, tenant = TENANT) => store.engine.shareRoom(tenant, a, b);
      expect(await Promise.all([share('alice', 'bob'), share('bob', 'alice'), share('alice', 'carol'), share('alice', 'alice'), share('ghost', 'ghost')])).toEqual([true, true, false, true, true]);
      expect(await share('alice', 'bob', 'other')).toBe(false);
      await store.change('r1', ['-bob']);
      expect(await share('alice', 'bob')).toBe(false);
    });
  });
}
