// Conformance of an ability that an engine may have: which changes of presence are to be told to others.
import { describe, expect, it } from 'vitest';
import type { PresenceJournal } from '../../../src/engine/index.js';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

type Status = 'online' | 'away' | 'offline';

export function describePresenceJournal(create: CreateEngine): void {
  describe('the journal of presence', () => {
    const store = useEngine(create);
    const journal = (): PresenceJournal => {
      if (store.engine.presenceJournal === undefined) throw new Error('The engine has no journal of presence');
      return store.engine.presenceJournal;
    };
    const save = async (clientId: string, status: Status, tenant = TENANT) =>
      (await store.engine.savePresence(tenant, [{ clientId, status, lastSeen: store.clock.now() }], 500))[0];
    const noted = async () => (await journal().pending(100)).map(({ tenant, clientId, status }) => `${tenant} ${clientId} ${status}`).sort();

    it('notes nothing unless it is kept', async () => {
      await save('alice', 'online');
      expect(await noted()).toEqual([]);
    });

    it('notes who comes and goes, with the position, how it is now and when it was last seen', async () => {
      await journal().keep();
      const { position, lastSeen } = await save('alice', 'online');
      expect(await journal().pending(100)).toEqual([{ tenant: TENANT, clientId: 'alice', position, status: 'online', lastSeen }]);
      await save('bob', 'away', 'other');
      expect(await noted()).toEqual(['acme alice online', 'other bob away']);
      expect(await journal().pending(1)).toHaveLength(1);
    });

    it('notes nothing between online and away, and nothing that does not change', async () => {
      await save('alice', 'online');
      await journal().keep();
      for (const status of ['away', 'online', 'online'] as const) await save('alice', status);
      await save('nobody', 'offline');
      expect(await noted()).toEqual([]);
      await save('alice', 'offline');
      expect(await noted()).toEqual(['acme alice offline']);
    });

    it('forgets what was told, but not what has changed since', async () => {
      await journal().keep();
      const [came, left] = [await save('alice', 'online'), await save('alice', 'offline')];
      await journal().settle(TENANT, [came]);
      expect(await noted()).toEqual(['acme alice offline']);
      await journal().settle('other', [left]);
      expect(await noted()).toEqual(['acme alice offline']);
      await journal().settle(TENANT, [left]);
      expect(await noted()).toEqual([]);
    });

    it('keeps the change that was noted when the client is merely away since', async () => {
      await journal().keep();
      const came = await save('alice', 'online');
      await save('alice', 'away');
      expect(await journal().pending(9)).toMatchObject([{ position: came.position, status: 'away' }]);
      await journal().settle(TENANT, [came]);
      expect(await noted()).toEqual([]);
    });

    it('is there after a restart', async () => {
      await journal().keep();
      await save('alice', 'online');
      await store.restart();
      expect(await noted()).toEqual(['acme alice online']);
    });
  });
}
