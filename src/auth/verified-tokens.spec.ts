// A token that was verified once is not verified again, and still ends when it should.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Settings } from '../config/index.js';
import { JwtTokenVerifier } from './jwt-token-verifier.js';
import type { Principal } from './principal.js';
import type { SignatureVerifier } from './signature-verifier.interface.js';
import { VerifiedTokens } from './verified-tokens.js';

const clock = { time: 1_000_000, now: () => clock.time };
const principal = (clientId: string, expiresAt = Infinity): Principal => ({ clientId, tenant: 'default', scopes: new Set(), expiresAt });

/** Counts how often it is asked. */
class CountingVerifier implements SignatureVerifier {
  asked = 0;

  constructor(readonly keysAreFixed: boolean) {}

  verify(token: string): Promise<{ header: Record<string, unknown>; payload: unknown }> {
    this.asked++;
    if (token.startsWith('bad')) return Promise.reject(new Error('bad signature'));
    return Promise.resolve({ header: {}, payload: { sub: 'alice', exp: clock.time / 1000 + 10 } });
  }
}

const verifierOf = (signatures: SignatureVerifier): JwtTokenVerifier =>
  new JwtTokenVerifier(signatures, { jwtClockToleranceSeconds: 5 } as Settings, clock);

describe('a verifier whose keys are fixed', () => {
  it('verifies a token once, until it has expired', async () => {
    const signatures = new CountingVerifier(true);
    const verifier = verifierOf(signatures);
    const first = await verifier.verify('good');
    clock.time = first.expiresAt - 1;
    expect(await verifier.verify('good')).toEqual(first);
    expect(signatures.asked).toBe(1);
    clock.time = first.expiresAt;
    await verifier.verify('good');
    expect(signatures.asked).toBe(2);
  });

  it('remembers no token that was refused', async () => {
    const signatures = new CountingVerifier(true);
    const verifier = verifierOf(signatures);
    await expect(verifier.verify('bad')).rejects.toThrow();
    await expect(verifier.verify('bad')).rejects.toThrow();
    expect(signatures.asked).toBe(2);
  });
});

it('verifies every token anew where keys may be taken away', async () => {
  const signatures = new CountingVerifier(false);
  const verifier = verifierOf(signatures);
  await verifier.verify('good');
  await verifier.verify('good');
  expect(signatures.asked).toBe(2);
});

describe('VerifiedTokens', () => {
  it('forgets the tokens used least recently', () => {
    const tokens = new VerifiedTokens(clock, 2);
    tokens.remember('a', principal('a'));
    tokens.remember('b', principal('b'));
    expect(tokens.find('a')?.clientId).toBe('a');
    tokens.remember('c', principal('c'));
    expect(tokens.size).toBe(2);
    expect(tokens.find('b')).toBeUndefined();
    expect(tokens.find('a')?.clientId).toBe('a');
  });

  it('forgets a token that is asked for after its end', () => {
    const tokens = new VerifiedTokens(clock);
    tokens.remember('a', principal('a', clock.time));
    expect(tokens.find('a')).toBeUndefined();
    expect(tokens.size).toBe(0);
  });

  it('keeps no token, only what it hashes to', () => {
    const token = createHmac('sha256', 'key').update('text').digest('base64url');
    const key = new VerifiedTokens(clock).keyOf(token);
    expect(key).not.toContain(token);
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
  });
});
