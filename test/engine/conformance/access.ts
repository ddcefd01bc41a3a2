// Conformance: bans and revocations.
import { describe, expect, it } from 'vitest';
import { TENANT, useEngine, type CreateEngine } from './engine-fixture.js';

export function describeAccess(create: CreateEngine): void {
  describe('bans', () => {
    const store = useEngine(create);
    const ban = (clientId: string, seconds: number, by?: string) => {
      const bannedAt = store.clock.now();
      return { tenant: TENANT, clientId, reason: `ban of ${clientId}`, bannedAt, until: bannedAt + seconds * 1000, ...(by !== undefined && { by }) };
    };

    it('are kept over a restart, as they were stored', async () => {
      const stored = [ban('alice', 60, 'admin'), ban('bob', 60)];
      for (const record of stored) await store.engine.saveBan(record);
      await store.restart();
      expect(await store.engine.listBans(store.clock.now())).toEqual(stored);
    });

    it('are replaced by a newer one of the same client', async () => {
      await store.engine.saveBan(ban('alice', 60, 'admin'));
      const newer = ban('alice', 5);
      await store.engine.saveBan(newer);
      expect(await store.engine.listBans(store.clock.now())).toEqual([newer]);
    });

    it('are gone when they are lifted, and lifting says whether there was one', async () => {
      await store.engine.saveBan(ban('alice', 60));
      await store.engine.saveBan({ ...ban('alice', 60), tenant: 'other' });
      expect(await store.engine.deleteBan(TENANT, 'alice')).toBe(true);
      expect(await store.engine.deleteBan(TENANT, 'alice')).toBe(false);
      expect((await store.engine.listBans(store.clock.now())).map(({ tenant }) => tenant)).toEqual(['other']);
    });

    it('are not listed once they have ended', async () => {
      await store.engine.saveBan(ban('alice', 5));
      await store.engine.saveBan(ban('bob', 60));
      store.clock.advanceSeconds(5);
      expect((await store.engine.listBans(store.clock.now())).map(({ clientId }) => clientId)).toEqual(['bob']);
    });
  });

  describe('revocations', () => {
    const store = useEngine(create);

    it('are kept over a restart, by token and by client', async () => {
      const revokedAt = store.clock.now();
      const byToken = { tenant: TENANT, tokenId: 'token-1', revokedAt };
      const byClient = { tenant: TENANT, clientId: 'alice', issuedBefore: revokedAt - 1000, revokedAt };
      for (const record of [byToken, byClient]) await store.engine.saveRevocation(record);
      await store.restart();
      const listed = await store.engine.listRevocations(0);
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(expect.arrayContaining([byToken, byClient]));
    });

    it('of a client are only ever raised', async () => {
      const save = (issuedBefore: number) =>
        store.engine.saveRevocation({ tenant: TENANT, clientId: 'alice', issuedBefore, revokedAt: store.clock.now() });
      await save(2000);
      await save(1000);
      expect(await store.engine.listRevocations(0)).toMatchObject([{ issuedBefore: 2000 }]);
      await save(3000);
      expect(await store.engine.listRevocations(0)).toMatchObject([{ issuedBefore: 3000 }]);
    });

    it('older than is asked for are not listed', async () => {
      await store.engine.saveRevocation({ tenant: TENANT, tokenId: 'old', revokedAt: store.clock.now() });
      store.clock.advanceSeconds(10);
      const since = store.clock.now() - 5000;
      await store.engine.saveRevocation({ tenant: TENANT, tokenId: 'new', revokedAt: store.clock.now() });
      expect((await store.engine.listRevocations(since)).map(({ tokenId }) => tokenId)).toEqual(['new']);
    });
  });
}
