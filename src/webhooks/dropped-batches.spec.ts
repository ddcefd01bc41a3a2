// Dropped notifications, put together.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Dropped } from '../events/index.js';
import { DroppedBatches } from './dropped-batches.js';
import type { DroppedBatch } from './webhook-event.js';

let now = 0;
let told: DroppedBatch[] = [];
let overflowed = 0;
let batches: DroppedBatches;

const range = (clientId: string, log: string, fromSeq: number, toSeq: number, device = ''): Dropped => ({ tenant: 't', clientId, device, log, fromSeq, toSeq, count: toSeq - fromSeq + 1 });
const shown = (): string[] => told.map((batch) => `${batch[0].clientId}${batch[0].device} ${batch.map(({ log, fromSeq, toSeq, count }) => `${log}:${fromSeq}-${toSeq}(${count})`).join(' ')}`);

beforeEach(() => {
  [now, told, overflowed] = [0, [], 0];
  batches = new DroppedBatches(1_000, 3, { now: () => now }, { complete: (batch) => told.push(batch), overflowed: () => overflowed++ });
});

function tickAt(at: number): void {
  now = at;
  batches.tick();
}

describe('what is dropped', () => {
  it('is told at once the first time, and what follows at the end of the interval, one range a log', () => {
    batches.add([range('a', 'r', 1, 2)]);
    expect(shown()).toEqual(['a r:1-2(2)']);
    batches.add([range('a', 'r', 3, 4), range('a', 's', 1, 1)]);
    batches.add([range('a', 'r', 9, 9)]);
    tickAt(999);
    expect(told).toHaveLength(1);
    tickAt(1_000);
    expect(shown().slice(1)).toEqual(['a r:3-9(3) s:1-1(1)']);
  });

  it('is told no more often than once an interval, as long as it goes on', () => {
    for (let at = 0; at <= 5_000; at += 100) {
      tickAt(at);
      batches.add([range('a', 'r', at, at)]);
    }
    expect(told).toHaveLength(6);
    batches.flush();
    expect(told.flat().reduce((sum, { count }) => sum + count, 0)).toBe(51);
  });

  it('is told at once again after an interval without any', () => {
    batches.add([range('a', 'r', 1, 1)]);
    tickAt(1_000);
    batches.add([range('a', 'r', 2, 2)]);
    expect(shown()).toEqual(['a r:1-1(1)', 'a r:2-2(1)']);
  });

  it('is kept apart by device', () => {
    batches.add([range('a', 'r', 1, 1)]);
    batches.add([range('a', 'r', 1, 1, 'phone')]);
    expect(told).toHaveLength(2);
  });

  it('of more devices than are allowed is counted and not told', () => {
    for (const client of ['a', 'b', 'c', 'd', 'e']) batches.add([range(client, 'r', 1, 1)]);
    expect([told.length, overflowed]).toEqual([3, 2]);
    tickAt(1_000);
    batches.add([range('d', 'r', 2, 2)]);
    expect(told).toHaveLength(4);
  });

  it('is told at the end, due or not', () => {
    batches.add([range('a', 'r', 1, 1)]);
    batches.add([range('a', 'r', 2, 2)]);
    batches.flush();
    batches.flush();
    expect(shown()).toEqual(['a r:1-1(1)', 'a r:2-2(1)']);
  });
});
