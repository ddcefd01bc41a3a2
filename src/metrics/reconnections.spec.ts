// Who counts as come back.
import { describe, expect, it } from 'vitest';
import { Reconnections } from './reconnections.js';

describe('a client that comes', () => {
  it('was away since its last connection ended, once', () => {
    const reconnections = new Reconnections();
    reconnections.left('t/a', 1_000);
    reconnections.left('t/a', 3_000);
    expect(reconnections.came('t/a', 4_500)).toBe(1_500);
    expect(reconnections.came('t/a', 5_000)).toBeUndefined();
    expect(reconnections.came('t/b', 5_000)).toBeUndefined();
  });

  it('comes anew when it was away for more than an hour', () => {
    const reconnections = new Reconnections();
    reconnections.left('t/a', 0);
    expect(reconnections.came('t/a', 3_600_001)).toBeUndefined();
    expect(reconnections.size).toBe(0);
  });

  it('is forgotten when too many have left since, or when an hour is over', () => {
    const reconnections = new Reconnections(2);
    for (const key of ['t/a', 't/b', 't/a', 't/c']) reconnections.left(key, 10);
    expect(reconnections.size).toBe(2);
    expect(reconnections.came('t/b', 20)).toBeUndefined();
    expect(reconnections.came('t/a', 20)).toBe(10);
    reconnections.left('t/d', 3_600_011);
    expect(reconnections.size).toBe(1);
  });
});
