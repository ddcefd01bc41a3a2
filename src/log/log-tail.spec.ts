// The newest chunks of logs, within one budget of memory.
import { describe, expect, it } from 'vitest';
import { createDeliveryCounters } from './delivery-counters.js';
import { CHUNK_NOTIFICATIONS } from './delivery-options.js';
import { encodeChunk, type EncodedChunk } from './encoded-chunk.js';
import { FrameCompressor } from './frame-compressor.js';
import { LogTail } from './log-tail.js';
import { TailCache } from './tail-cache.js';

/** A chunk of an entry for each number; without entries, all of them are silent. */
function chunk(firstSeq: number, lastSeq: number, silent = false): EncodedChunk {
  const numbers = silent ? [] : Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i);
  return encodeChunk('r', numbers.map((seq) => ({ seq, incarnation: 0, type: 'message', data: '{}', at: 0 })), firstSeq, lastSeq);
}

/** One entry that is worth compressing. */
const wordy = (seq: number): EncodedChunk =>
  encodeChunk('r', [{ seq, incarnation: 0, type: 'message', data: `"${'more of the same, '.repeat(500)}"`, at: 0 }], seq, seq);

const ONE = chunk(1, 1).memoryBytes;

describe('the tail of a log', () => {
  it('finds the chunk that holds the number behind a position', () => {
    const tail = new LogTail(new TailCache(1e6), 100);
    const chunks = [chunk(5, 6), chunk(7, 7), chunk(8, 10)];
    for (const added of chunks) tail.add(added);
    expect([4, 5, 6, 7, 9].map((seq) => chunks.indexOf(tail.after(seq) as EncodedChunk))).toEqual([0, 0, 1, 2, 2]);
  });

  it('has nothing for a position before its beginning, nor at its end', () => {
    const tail = new LogTail(new TailCache(1e6), 100);
    expect(tail.after(0)).toBeUndefined();
    tail.add(chunk(5, 6));
    expect(tail.after(3)).toBeUndefined();
    expect(tail.after(6)).toBeUndefined();
  });

  it('begins anew behind a hole, so that it never hides one', () => {
    const cache = new TailCache(1e6);
    const tail = new LogTail(cache, 100);
    tail.add(chunk(1, 2));
    tail.add(chunk(4, 4));
    expect(tail.after(0)).toBeUndefined();
    expect(tail.after(2)).toBeUndefined();
    expect(tail.after(3)?.firstSeq).toBe(4);
    expect(cache.usedBytes).toBe(ONE);
  });

  it('keeps no more numbers than a queue can need, silent ones included', () => {
    const cache = new TailCache(1e6);
    const tail = new LogTail(cache, 10);
    for (let seq = 1; seq <= 1_000; seq++) tail.add(chunk(seq, seq, seq % 2 === 0));
    expect(tail.after(989)).toBeUndefined();
    expect(tail.after(990)?.firstSeq).toBe(991);
    expect(cache.usedBytes).toBeLessThanOrEqual(10 * ONE);
  });
});

describe('a tail that is extended', () => {
  const seqsOf = (kept: EncodedChunk | undefined): number[] => Array.from({ length: kept?.count ?? 0 }, (_, i) => kept?.seqAt(i) ?? 0);

  it('keeps small chunks as one, as if they had been encoded together', () => {
    const cache = new TailCache(1_000_000);
    const tail = new LogTail(cache, 1_000);
    tail.add(chunk(1, 2));
    tail.extend(chunk(3, 3));
    tail.extend(chunk(4, 5, true));
    tail.extend(chunk(6, 6));
    const joined = tail.after(0);
    expect(tail.after(5)).toBe(joined);
    expect([joined?.firstSeq, joined?.lastSeq, seqsOf(joined)]).toEqual([1, 6, [1, 2, 3, 6]]);
    expect(joined?.part(2, 4).frames).toEqual(Buffer.concat([chunk(3, 3).frames, chunk(6, 6).frames]));
    expect(cache.usedBytes).toBe(joined?.memoryBytes);
    tail.clear();
    expect(cache.usedBytes).toBe(0);
  });

  it('begins another chunk where both are too much for one write, or the newest was compressed', () => {
    const tail = new LogTail(new TailCache(1_000_000), 1_000);
    tail.add(chunk(1, CHUNK_NOTIFICATIONS));
    tail.extend(wordy(CHUNK_NOTIFICATIONS + 1));
    tail.after(CHUNK_NOTIFICATIONS)?.compressed(new FrameCompressor(1, createDeliveryCounters()));
    tail.extend(chunk(CHUNK_NOTIFICATIONS + 2, CHUNK_NOTIFICATIONS + 2));
    expect([0, 1, 2].map((more) => tail.after(CHUNK_NOTIFICATIONS - 1 + more)?.count)).toEqual([CHUNK_NOTIFICATIONS, 1, 1]);
  });
});

describe('the cache of all tails', () => {
  it('lets the oldest chunk of all logs go first', () => {
    const cache = new TailCache(3 * ONE);
    const [first, second] = [new LogTail(cache, 100), new LogTail(cache, 100)];
    first.add(chunk(1, 1));
    second.add(chunk(1, 1));
    first.add(chunk(2, 2));
    second.add(chunk(2, 2));
    expect(first.after(0)).toBeUndefined();
    expect(first.after(1)).toBeDefined();
    expect(second.after(0)).toBeDefined();
  });

  it('keeps nothing that is larger than the budget', () => {
    const cache = new TailCache(ONE);
    const tail = new LogTail(cache, 100);
    tail.add(chunk(1, 50));
    expect(tail.after(0)).toBeUndefined();
    expect(cache.usedBytes).toBe(0);
  });

  it('counts what tails let go of by themselves no longer, whatever is older', () => {
    const cache = new TailCache(1e6);
    const [idle, busy] = [new LogTail(cache, 100), new LogTail(cache, 1)];
    idle.add(chunk(1, 1));
    for (let seq = 1; seq <= 1_000; seq++) busy.add(chunk(seq, seq));
    expect(cache.usedBytes).toBe(ONE + chunk(1_000, 1_000).memoryBytes);
    busy.clear();
    expect(cache.usedBytes).toBe(ONE);
    idle.clear();
    expect(cache.usedBytes).toBe(0);
  });

  it('is bounded in a log of silent changes alone', () => {
    const cache = new TailCache(100 * ONE);
    const tail = new LogTail(cache, 1e9);
    for (let seq = 1; seq <= 1_000; seq++) tail.add(chunk(seq, seq, true));
    expect(tail.after(0)).toBeUndefined();
    expect(tail.after(999)).toBeDefined();
  });

  it('counts what a chunk takes compressed, as long as it is kept, and makes room for it', () => {
    const compressor = new FrameCompressor(1, createDeliveryCounters());
    const chunks = [1, 2, 3].map(wordy);
    const cache = new TailCache(3 * chunks[0].memoryBytes + 100);
    const tails = chunks.map((added) => {
      const tail = new LogTail(cache, 1_000);
      tail.add(added);
      return tail;
    });
    chunks[2].compressed(compressor);
    expect(tails.map((tail, i) => tail.after(i) !== undefined)).toEqual([false, true, true]);
    expect(cache.usedBytes).toBe(chunks[1].memoryBytes + chunks[2].memoryBytes);
    chunks[0].compressed(compressor);
    expect(cache.usedBytes).toBe(chunks[1].memoryBytes + chunks[2].memoryBytes);
    for (const tail of tails) tail.clear();
    expect(cache.usedBytes).toBe(0);
  });

  it('lets go of a chunk that is too large once it is compressed', () => {
    const large = wordy(1);
    const cache = new TailCache(large.memoryBytes);
    new LogTail(cache, 1_000).add(large);
    large.compressed(new FrameCompressor(1, createDeliveryCounters()));
    expect(cache.usedBytes).toBe(0);
  });
});
