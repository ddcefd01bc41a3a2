// The cap of a queue against a model that sorts everything.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capToNewest, type CappedLog, type EntryTime } from './queue-cap.js';

const cappedLog = (entries: readonly EntryTime[]): CappedLog => ({
  head: entries.at(-1)?.seq ?? 0,
  readBack: (before, limit) => entries.filter(({ seq }) => seq < before).reverse().slice(0, limit),
});

/** Entries of one log: `seq` rises with holes, `at` mostly rises. */
const entriesOf = (gaps: readonly [number, number][]): EntryTime[] => {
  let seq = 0;
  let at = 0;
  return gaps.map(([hole, later]) => ({ seq: (seq += 1 + hole), at: (at += later) }));
};

const logsWith = (later: fc.Arbitrary<number>) =>
  fc.array(fc.array(fc.tuple(fc.nat({ max: 2 }), later), { maxLength: 60 }).map(entriesOf), { maxLength: 12 });

const keptOf = (logs: readonly EntryTime[][], max: number) => {
  const cuts = capToNewest(logs.map(cappedLog), max);
  return logs.map((entries, i) => entries.filter(({ seq }) => seq > (cuts[i] ?? 0)));
};

describe('capToNewest', () => {
  it('cuts nothing from a queue that is no longer than allowed', () => {
    expect(capToNewest([cappedLog([{ seq: 1, at: 5 }]), cappedLog([]), cappedLog([{ seq: 3, at: 1 }, { seq: 4, at: 2 }])], 3)).toEqual([undefined, undefined, undefined]);
  });

  it('cuts the oldest over all logs, up to just before the first that is kept', () => {
    const a = [{ seq: 1, at: 10 }, { seq: 2, at: 40 }, { seq: 5, at: 50 }];
    const b = [{ seq: 7, at: 20 }, { seq: 8, at: 30 }];
    expect(capToNewest([cappedLog(a), cappedLog(b)], 2)).toEqual([1, 8]);
    expect(capToNewest([cappedLog(a), cappedLog(b)], 1)).toEqual([4, 8]);
  });

  it('keeps exactly the newest by time', () => {
    fc.assert(
      fc.property(logsWith(fc.integer({ min: 1, max: 9 })), fc.integer({ min: 1, max: 80 }), (logs, max) => {
        const newestFirst = logs.flat().map(({ at }) => at).sort((x, y) => y - x);
        const kept = keptOf(logs, max).flat().map(({ at }) => at).sort((x, y) => y - x);
        expect(kept).toEqual(newestFirst.slice(0, max));
      }),
    );
  });

  it('keeps as many as allowed, and the end of each log, even when the clock goes back', () => {
    fc.assert(
      fc.property(logsWith(fc.integer({ min: -9, max: 9 })), fc.integer({ min: 1, max: 80 }), (logs, max) => {
        const kept = keptOf(logs, max);
        expect(kept.flat()).toHaveLength(Math.min(max, logs.flat().length));
        kept.forEach((entries, i) => expect(entries).toEqual(logs[i].slice(logs[i].length - entries.length)));
      }),
    );
  });
});
