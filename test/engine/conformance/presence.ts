// Conformance: presence.
import { describe, expect, it } from 'vitest';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

type Status = 'online' | 'away' | 'offline';

export function describePresence(create: CreateEngine): void {
  describe('presence', () => {
    const store = useEngine(create);
    const save = (...records: [string, Status][]) =>
      store.engine.savePresence(TENANT, records.map(([clientId, status]) => ({ clientId, status, lastSeen: store.clock.now() })), 3);
    const changes = async (after = 0, maxRoomSize = 500) =>
      (await store.engine.presenceChanges(TENANT, 'alice', after, maxRoomSize)).map(({ clientId, status }) => `${clientId} ${status}`);

    it('gives each change a higher position than all before', async () => {
      const [first] = await save(['alice', 'online']);
      const [second, third] = await save(['bob', 'online'], ['alice', 'away']);
      expect(second.position).toBeGreaterThan(first.position);
      expect(third.position).toBeGreaterThan(second.position);
      expect(third).toMatchObject({ clientId: 'alice', status: 'away', lastSeen: store.clock.now() });
    });

    it('keeps the newest status of each client, and leaves out those never seen', async () => {
      await save(['alice', 'online'], ['bob', 'online']);
      store.clock.advanceSeconds(9);
      const [changed] = await save(['alice', 'offline']);
      const found = await store.engine.getPresence(TENANT, ['alice', 'ghost', 'bob']);
      expect(found.map(({ clientId, status }) => [clientId, status])).toEqual([['alice', 'offline'], ['bob', 'online']]);
      expect({ ...found[0], previous: 'online', rooms: [], roomsTooLarge: 0 }).toEqual(changed);
      expect(await store.engine.getPresence('other', ['alice'])).toEqual([]);
    });

    it('says what each status was before', async () => {
      const before = async (status: Status) => (await save(['alice', status]))[0].previous;
      expect([await before('online'), await before('away'), await before('away'), await before('offline'), await before('online')]).toEqual(['offline', 'online', 'away', 'away', 'offline']);
      expect((await save(['bob', 'offline']))[0]).toMatchObject({ status: 'offline', previous: 'offline' });
    });

    it('gives the changes of those who share a room, oldest first, each once, without oneself', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      await store.createRoom('r2', ['alice', 'bob']);
      await store.createRoom('r3', ['stranger']);
      await save(['carol', 'online'], ['bob', 'online'], ['alice', 'online'], ['stranger', 'online'], ['carol', 'away']);
      expect(await changes()).toEqual(['bob online', 'carol away']);
    });

    it('gives only what came after a position', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      const [bob] = await save(['bob', 'online']);
      await save(['carol', 'online']);
      expect(await changes(bob.position)).toEqual(['carol online']);
      await save(['bob', 'offline']);
      expect(await changes(bob.position)).toEqual(['carol online', 'bob offline']);
    });

    it('names the rooms whose members are to be told: those that are not too large, and not deleted', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      await store.createRoom('r2', ['alice']);
      await store.createRoom('large', ['alice', 'bob', 'carol', 'dan']);
      await store.createRoom('deleted', ['alice']);
      await store.engine.deleteRoom({ tenant: TENANT, roomId: 'deleted', at: store.clock.now() });
      const [alice, dan, ghost] = await save(['alice', 'online'], ['dan', 'away'], ['ghost', 'online']);
      expect(new Set(alice.rooms)).toEqual(new Set(['r1', 'r2']));
      expect([dan.rooms, ghost.rooms]).toEqual([[], []]);
      expect([alice, dan, ghost].map(({ roomsTooLarge }) => roomsTooLarge)).toEqual([1, 1, 0]);
    });

    it('leaves out rooms with too many members, and deleted ones', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      await store.createRoom('r2', ['alice', 'dave']);
      await save(['bob', 'online'], ['carol', 'online'], ['dave', 'online']);
      expect(await changes(0, 3)).toEqual(['bob online', 'carol online', 'dave online']);
      expect(await changes(0, 2)).toEqual(['dave online']);
      await store.deleteRoom('r2');
      expect(await changes(0, 2)).toEqual([]);
    });

    it('finds the same among many changes of strangers', async () => {
      await store.createRoom('r1', ['alice', 'bob', 'carol']);
      await save(['carol', 'online'], ...Array.from({ length: 500 }, (_, i): [string, Status] => [`s${i}`, 'online']), ['bob', 'away']);
      expect(await changes()).toEqual(['carol online', 'bob away']);
    });

    it('remembers how far an owner has been told, and only ever raises it', async () => {
      const position = async (device: string) => {
        const { known, presencePosition } = await store.engine.openQueue(store.owner('alice', device));
        return [known, presencePosition];
      };
      await store.engine.savePresencePosition(store.owner('alice', 'phone'), 7);
      await store.engine.savePresencePosition(store.owner('alice', 'phone'), 4);
      expect(await position('phone')).toEqual([true, 7]);
      expect(await position('')).toEqual([false, 0]);
    });

    it('lists everybody who is not offline, of all tenants', async () => {
      await save(['alice', 'online'], ['bob', 'away'], ['carol', 'online'], ['carol', 'offline']);
      await store.engine.savePresence('other', [{ clientId: 'alice', status: 'away', lastSeen: 5 }], 500);
      const present = await store.engine.listPresent();
      expect(present.map(({ tenant, record }) => `${tenant} ${record.clientId} ${record.status}`).sort()).toEqual([`${TENANT} alice online`, `${TENANT} bob away`, 'other alice away']);
    });
  });
}
