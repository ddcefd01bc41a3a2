// What is remembered of revocations, and for how long.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../config/index.js';
import type { DeliveryEngine, RevocationRecord } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import type { Principal } from './principal.js';
import { RevocationList } from './revocation-list.js';

const TTL_SECONDS = 100;
const tenant = 'default';
const by = 'admin';

/** A list, its store and its time, which goes on by `advance`. */
function fixture(stored: RevocationRecord[] = []) {
  const store = { records: [...stored], asked: [] as number[], failure: undefined as Error | undefined };
  let now = 1_700_000_000_000;
  const engine = {
    saveRevocation: (record: RevocationRecord) => {
      if (store.failure !== undefined) return Promise.reject(store.failure);
      store.records.push(record);
      return Promise.resolve();
    },
    listenAccess: () => undefined,
    listRevocations: (since: number) => {
      store.asked.push(since);
      return Promise.resolve(store.records.filter(({ revokedAt }) => revokedAt > since));
    },
  } as unknown as DeliveryEngine;
  const events = new ChatEvents();
  const list = new RevocationList(engine, { revocationTtlSeconds: TTL_SECONDS } as Settings, { now: () => now }, events);
  return { list, store, events, now: () => now, advance: (seconds: number) => (now += seconds * 1000) };
}

const bearer = (claims: Partial<Principal>): Principal => ({ clientId: 'alice', tenant, scopes: new Set(), expiresAt: 0, ...claims });

describe('RevocationList', () => {
  it('forgets what was revoked longer ago than REVOCATION_TTL_SECONDS, so that it does not grow for ever', async () => {
    const { list, advance } = fixture();
    await list.revoke({ tenant, by, tokenId: 'first' });
    await list.revoke({ tenant, by, clientId: 'alice', issuedBefore: 1000 });
    advance(TTL_SECONDS / 2);
    await list.revoke({ tenant, by, tokenId: 'second' });
    expect(list.size).toBe(3);
    advance(TTL_SECONDS / 2);
    await list.revoke({ tenant, by, tokenId: 'third' });
    expect(list.size).toBe(2);
    expect(['first', 'second', 'third'].map((tokenId) => list.isRevoked(bearer({ tokenId })))).toEqual([false, true, true]);
    expect(list.isRevoked(bearer({}))).toBe(false);
  });

  it('counts from the newest revocation of the same token or client', async () => {
    const { list, advance } = fixture();
    for (let again = 0; again < 3; again++) {
      await list.revoke({ tenant, by, tokenId: 'one' });
      await list.revoke({ tenant, by, clientId: 'alice', issuedBefore: 1000 - again });
      advance(TTL_SECONDS * 0.6);
    }
    await list.revoke({ tenant, by, tokenId: 'another' });
    expect(list.isRevoked(bearer({ clientId: 'bob', tokenId: 'one' }))).toBe(true);
    expect(list.isRevoked(bearer({ issuedAt: 1000 }))).toBe(true);
    expect(list.size).toBe(3);
  });

  it('takes over what is stored, in whatever order, and asks for nothing older', async () => {
    const { list, store, now, advance } = fixture();
    store.records.push({ tenant, tokenId: 'new', revokedAt: now() }, { tenant, tokenId: 'old', revokedAt: now() - 90_000 }, { tenant, clientId: 'bob', issuedBefore: 5000, revokedAt: now() });
    await list.onModuleInit();
    expect(store.asked).toEqual([now() - TTL_SECONDS * 1000]);
    expect([list.isRevoked(bearer({ tokenId: 'old' })), list.isRevoked(bearer({ clientId: 'bob', issuedAt: 5000 })), list.isRevoked(bearer({ clientId: 'bob', issuedAt: 6000 }))]).toEqual([true, true, false]);
    advance(20);
    await list.revoke({ tenant, by, tokenId: 'newest' });
    expect([list.isRevoked(bearer({ tokenId: 'old' })), list.isRevoked(bearer({ tokenId: 'new' }))]).toEqual([false, true]);
  });

  it('is in force when it is told of, and not before it is stored', async () => {
    const { list, store, events } = fixture();
    const told: boolean[] = [];
    events.on('tokenRevoked', ({ tokenId = '' }) => told.push(list.isRevoked(bearer({ tokenId }))));
    store.failure = new Error('the disk is full');
    await expect(list.revoke({ tenant, by, tokenId: 'one' })).rejects.toThrow('the disk is full');
    expect([told, list.isRevoked(bearer({ tokenId: 'one' }))]).toEqual([[], false]);
    store.failure = undefined;
    await list.revoke({ tenant, by, tokenId: 'one' });
    expect(told).toEqual([true]);
  });
});
