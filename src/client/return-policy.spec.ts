// Whether and when a client comes back, by close code.
import { expect, it } from 'vitest';
import { CloseCode } from '../protocol/index.js';
import { ChatClientError } from './client-error.js';
import { type Ended, ReturnPolicy } from './return-policy.js';

const LIMITS = { firstDelayMs: 10, lastDelayMs: 40, stableAfterMs: 1_000, maxAttempts: Infinity, maxTokenRefusals: 3, maxBanMs: 60_000 };

function after(code: number, more: Partial<Ended> = {}, policy = new ReturnPolicy(LIMITS), canRenew = true): number | string {
  const next = policy.after({ code, reason: '', openMs: 0, announcedMs: 0, banMs: undefined, ...more }, canRenew);
  return next instanceof ChatClientError ? next.code : next;
}

it.each([1000, 1001, 1006, 1009, 1011, 1013, 4001, 4401, 4408, 4429, 4999])('comes back after %i', (code) => {
  expect(after(code)).toBeTypeOf('number');
});

it.each([
  [CloseCode.InvalidFrames, 'GAVE_UP'],
  [CloseCode.Banned, 'CLIENT_BANNED'],
])('stays away after %i: %s', (code, error) => expect(after(code)).toBe(error));

it('waits as long as it is asked to', () => {
  expect(after(CloseCode.LifetimeReached, { announcedMs: 5_000 })).toBeGreaterThanOrEqual(5_000);
  expect(after(CloseCode.Banned, { banMs: 60_000 })).toBeGreaterThanOrEqual(60_000);
  expect(after(CloseCode.Banned, { banMs: 60_001 })).toBe('CLIENT_BANNED');
  expect(after(CloseCode.Banned, { banMs: NaN })).toBe('CLIENT_BANNED');
});

it('tries other tokens a limited number of times, and the same not at all', () => {
  const policy = new ReturnPolicy(LIMITS);
  const outcomes = [0, 0, 2_000, 0, 0].map((openMs) => typeof after(CloseCode.Unauthenticated, { openMs }, policy));
  expect(outcomes).toEqual(['number', 'number', 'number', 'number', 'string']);
  expect(after(CloseCode.Unauthenticated, {}, new ReturnPolicy(LIMITS), false)).toBe('CONNECTION_ERROR');
});

it('stops after the attempts that are allowed in a row', () => {
  const policy = new ReturnPolicy({ ...LIMITS, maxAttempts: 2 });
  expect([0, 2_000, 0].map((openMs) => typeof after(1006, { openMs }, policy))).toEqual(['number', 'number', 'string']);
});
