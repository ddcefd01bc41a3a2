// Timers that all wait equally long.
import { describe, expect, it } from 'vitest';
import { ConstantDelayQueue } from './constant-delay-queue.js';

function expire<T>(queue: ConstantDelayQueue<T>, now: number): T[] {
  const due: T[] = [];
  queue.expire(now, (item) => due.push(item));
  return due;
}

describe('a constant-delay queue', () => {
  it('gives items when their delay is over, once, in the order in which they were added', () => {
    const queue = new ConstantDelayQueue<string>(100);
    queue.add('a', 0);
    queue.add('b', 0);
    queue.add('c', 50);
    expect(expire(queue, 99)).toEqual([]);
    expect(expire(queue, 100)).toEqual(['a', 'b']);
    expect(expire(queue, 149)).toEqual([]);
    expect(expire(queue, 1_000)).toEqual(['c']);
    expect(expire(queue, 2_000)).toEqual([]);
  });

  it('leaves items that are added while it expires to the next time', () => {
    const queue = new ConstantDelayQueue<number>(0);
    queue.add(1, 0);
    const due: number[] = [];
    const act = (item: number): void => {
      due.push(item);
      queue.add(item + 1, 0);
    };
    queue.expire(0, act);
    expect(due).toEqual([1]);
    queue.expire(0, act);
    expect(due).toEqual([1, 2]);
  });

  it('keeps the order over many thousands of items that come and go', () => {
    const queue = new ConstantDelayQueue<number>(3_000);
    const due: number[] = [];
    for (let now = 0; now < 20_000; now++) {
      queue.add(now, now);
      due.push(...expire(queue, now));
    }
    expect(due).toEqual(Array.from({ length: 17_000 }, (_, i) => i));
  });
});
