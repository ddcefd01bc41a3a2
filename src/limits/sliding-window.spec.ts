// The window slides exactly: however messages are spaced, no window of its length holds more than the limit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from './sliding-window.js';

const MINUTE_MS = 60_000;
const LIMIT = 100;

/** Gaps between messages as clients make them: bursts, steady streams, pauses, and steps that fall on the window's edge. */
const gap = fc.oneof(
  { weight: 30, arbitrary: fc.constant(0) },
  { weight: 30, arbitrary: fc.double({ min: 0, max: 5, noNaN: true }) },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 1200 }) },
  { weight: 1, arbitrary: fc.constantFrom(MINUTE_MS - 1, MINUTE_MS, MINUTE_MS + 1, MINUTE_MS / 2) },
);

/** What of a schedule is accepted by the definition itself: fewer than the limit in the minute up to now. */
function acceptedByDefinition(times: readonly number[]): boolean[] {
  const accepted: number[] = [];
  return times.map((now) => {
    const fits = accepted.filter((at) => now - Math.ceil(at) < MINUTE_MS).length < LIMIT;
    if (fits) accepted.push(now);
    return fits;
  });
}

describe('a sliding window of 100 a minute', () => {
  it('accepts exactly what the definition allows, over 1,000 random schedules, and never more than 100 in any 60 s', () => {
    let refusals = 0;
    const schedule = fc.array(gap, { minLength: 90, maxLength: 500, size: 'max' });
    fc.assert(
      fc.property(schedule, (gaps) => {
        let now = 0.5;
        const times = gaps.map((milliseconds) => (now += milliseconds));
        const window = new SlidingWindow(MINUTE_MS);
        const outcome = times.map((at) => window.take(at, LIMIT) === 1);
        expect(outcome).toEqual(acceptedByDefinition(times));
        const accepted = times.filter((_at, i) => outcome[i]);
        refusals += times.length - accepted.length;
        for (let i = LIMIT; i < accepted.length; i++) expect(accepted[i] - accepted[i - LIMIT]).toBeGreaterThanOrEqual(MINUTE_MS);
      }),
      { numRuns: 1000, seed: 20_261_123 },
    );
    expect(refusals).toBeGreaterThan(10_000);
  });

  it('has no edge over which twice as many pass', () => {
    const window = new SlidingWindow(MINUTE_MS);
    expect(window.take(MINUTE_MS - 1, LIMIT, 150)).toBe(100);
    expect(window.take(MINUTE_MS, LIMIT, 150)).toBe(0);
    expect(window.take(2 * MINUTE_MS - 2, LIMIT, 1)).toBe(0);
    expect(window.take(2 * MINUTE_MS - 1, LIMIT, 150)).toBe(100);
  });

  it('says how long it is until another one fits', () => {
    const window = new SlidingWindow(MINUTE_MS);
    expect(window.waitMs(0, 2)).toBe(0);
    window.take(0, 2);
    window.take(10_000, 2);
    expect(window.waitMs(15_000, 2)).toBe(45_000);
    expect(window.waitMs(59_999, 2)).toBe(1);
    expect(window.waitMs(60_000, 2)).toBe(0);
    expect(window.take(60_000, 2)).toBe(1);
    expect(window.waitMs(60_000, 2)).toBe(10_000);
  });

  it('does not keep whoever goes on trying out for longer', () => {
    const window = new SlidingWindow(MINUTE_MS);
    window.take(0, 1);
    for (let at = 1; at < 60_000; at += 100) expect(window.take(at, 1)).toBe(0);
    expect(window.take(60_000, 1)).toBe(1);
  });

  it('keeps one place for all hits of a millisecond, however many there are', () => {
    const window = new SlidingWindow(MINUTE_MS);
    for (let i = 0; i < 100_000; i++) window.take(i / 100, 1_000_000);
    expect((window as unknown as { times: number[] }).times.length).toBeLessThanOrEqual(1001);
    expect(window.used(1000)).toBe(100_000);
  });
});

describe('recording', () => {
  it('counts every hit, and keeps as many as say whether the limit is reached', () => {
    const window = new SlidingWindow(MINUTE_MS);
    for (let at = 0; at < 10; at++) window.record(at * 1000, 3);
    expect(window.used(9_000)).toBe(3);
    expect(window.waitMs(9_000, 3)).toBe(58_000);
    expect(window.used(66_999)).toBe(3);
    expect(window.used(67_000)).toBe(2);
  });
});
