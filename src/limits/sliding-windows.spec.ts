// Windows by key: apart from each other, and forgotten once they have run empty.
import { describe, expect, it } from 'vitest';
import { SlidingWindows } from './sliding-windows.js';

describe('sliding windows', () => {
  it('count each key apart', () => {
    const windows = new SlidingWindows(1000, { now: () => 0 });
    expect(windows.take('a', 2, 5)).toBe(2);
    expect(windows.take('b', 2)).toBe(1);
    expect([windows.used('a'), windows.used('b'), windows.used('c')]).toEqual([2, 1, 0]);
    expect([windows.waitMs('a', 2), windows.waitMs('b', 2)]).toEqual([1000, 0]);
    windows.clear('a');
    expect(windows.take('a', 2)).toBe(1);
  });

  it('are forgotten when they have run empty: memory follows who is there, not who ever was', () => {
    let now = 0;
    const windows = new SlidingWindows(1000, { now: () => now });
    for (let client = 0; client < 100_000; client++) {
      now += 1;
      windows.take(`client ${client}`, 100);
    }
    expect(windows.size).toBeLessThan(2_100);
  });

  it('are kept while they are used', () => {
    let now = 0;
    const windows = new SlidingWindows(1000, { now: () => now });
    windows.take('busy', 1000);
    for (let i = 0; i < 500; i++) {
      now += 10;
      windows.take('busy', 1000);
      windows.take(`passer-by ${i}`, 1000);
      expect(windows.used('busy')).toBeGreaterThan(1);
    }
  });
});
