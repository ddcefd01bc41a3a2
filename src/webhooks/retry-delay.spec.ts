// When a failed webhook is tried again.
import { describe, expect, it } from 'vitest';
import { retryAfterMs, retryDelayMs } from './retry-delay.js';

const BOUNDS = { baseMs: 1_000, maxMs: 60_000 };
const NOW = Date.parse('2024-01-15T10:30:00Z');

describe('the wait', () => {
  it('is any time up to a bound that doubles and ends', () => {
    expect([1, 2, 3, 6, 7, 8, 1000, 5000].map((attempt) => retryDelayMs(attempt, BOUNDS, 1))).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    expect([0, 0.25, 0.5].map((random) => retryDelayMs(3, BOUNDS, random))).toEqual([0, 1_000, 2_000]);
  });

  it('is no shorter than the receiver says, within the bound', () => {
    expect(retryDelayMs(1, BOUNDS, 0.5, 10_000)).toBe(10_000);
    expect(retryDelayMs(7, BOUNDS, 1, 10_000)).toBe(60_000);
    expect(retryDelayMs(1, BOUNDS, 0, 1e12)).toBe(60_000);
  });
});

describe('Retry-After', () => {
  it.each([
    ['5', 5_000],
    ['0', 0],
    ['Mon, 15 Jan 2024 10:30:07 GMT', 7_000],
    ['Mon, 15 Jan 2024 10:29:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
