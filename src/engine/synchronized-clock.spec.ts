// A clock that is set by another one.
import { describe, expect, it } from 'vitest';
import { SynchronizedClock } from './synchronized-clock.js';

describe('SynchronizedClock', () => {
  it('goes as the machine does until it is set, and from there', () => {
    let machine = 1_000;
    const clock = new SynchronizedClock({ now: () => machine });
    expect(clock.now()).toBe(1_000);
    clock.set(3_601_000, 0);
    expect(clock.now()).toBe(3_601_000);
    machine += 500;
    expect(clock.now()).toBe(3_601_500);
    clock.set(1_000, 0);
    expect(clock.now()).toBe(1_000);
  });

  it('does not follow the small differences that the way makes', () => {
    const clock = new SynchronizedClock({ now: () => 1_000 });
    clock.set(1_050, 0);
    expect(clock.now()).toBe(1_000);
    clock.set(1_051, 0);
    expect(clock.now()).toBe(1_051);
  });

  it('is not turned back by what was on its way for long, and is set by as much as that shows to be wrong', () => {
    const clock = new SynchronizedClock({ now: () => 10_000 });
    clock.set(7_000, 3_000);
    expect(clock.now()).toBe(10_000);
    clock.set(10_000, 3_000);
    expect(clock.now()).toBe(10_000);
    clock.set(5_000, 3_000);
    expect(clock.now()).toBe(6_500);
    clock.set(20_000, 3_000);
    expect(clock.now()).toBe(21_500);
  });
});
