// Times at which something is due.
import { describe, expect, it } from 'vitest';
import { DeadlineWheel, type Due } from './deadline-wheel.js';

interface Item extends Due {
  name: string;
}

const item = (name: string): Item => ({ name });

describe('a deadline', () => {
  it('is never met too early, and within a second', () => {
    const wheel = new DeadlineWheel<Item>(0);
    const due: string[] = [];
    const deadlines = { early: 1, sharp: 2000, late: 2001 };
    for (const [name, at] of Object.entries(deadlines)) wheel.set(item(name), at);
    const expired = (now: number): string[] => {
      due.length = 0;
      wheel.expire(now, ({ name }) => due.push(name));
      return [...due];
    };
    expect(expired(0)).toEqual([]);
    expect(expired(1000)).toEqual(['early']);
    expect(expired(1999)).toEqual([]);
    expect(expired(2000)).toEqual(['sharp']);
    expect(expired(3000)).toEqual(['late']);
    expect(wheel.size).toBe(0);
  });

  it('can be moved, and taken away', () => {
    const wheel = new DeadlineWheel<Item>(0);
    const [moved, removed] = [item('moved'), item('removed')];
    wheel.set(moved, 1000);
    wheel.set(removed, 1000);
    wheel.set(moved, 5000);
    wheel.remove(removed);
    wheel.remove(removed);
    const due: string[] = [];
    wheel.expire(4999, ({ name }) => due.push(name));
    expect(due).toEqual([]);
    wheel.expire(5000, ({ name }) => due.push(name));
    expect(due).toEqual(['moved']);
  });

  it('in the past is due at the next look, and may be set anew when it is met', () => {
    const wheel = new DeadlineWheel<Item>(10_000);
    wheel.set(item('again'), 0);
    let met = 0;
    for (let now = 10_000; now <= 14_000; now += 1000) {
      wheel.expire(now, (again) => {
        met++;
        wheel.set(again, now + 1);
      });
    }
    expect(met).toBe(5);
    expect(wheel.size).toBe(1);
  });
});
