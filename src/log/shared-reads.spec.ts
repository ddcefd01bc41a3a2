// Pages of logs that several connections need, for as long as that is of use.
import { describe, expect, it } from 'vitest';
import { encodeChunk, type EncodedChunk } from './encoded-chunk.js';
import { LogFeed } from './log-feed.js';
import { LogTail } from './log-tail.js';
import { SharedReads } from './shared-reads.js';
import { TailCache } from './tail-cache.js';

const page = (seq: number): EncodedChunk => encodeChunk('r', [{ seq, incarnation: 0, type: 'message', data: '{}', at: 0 }], seq, seq);

function begin(): { reads: SharedReads; feed: LogFeed; cache: TailCache } {
  const cache = new TailCache(1e6);
  return { reads: new SharedReads(cache, 100), feed: new LogFeed('t/r', 't', 'r', 9, 2, new LogTail(cache, 100)), cache };
}

describe('shared reads', () => {
  it('give out what was read, until it is let go', () => {
    const { reads, feed } = begin();
    reads.add(feed, [page(1), page(2)], 0);
    reads.expire(9_999);
    expect(reads.after(feed, 1)?.lastSeq).toBe(2);
    reads.expire(10_000);
    expect(reads.after(feed, 1)).toBeUndefined();
  });

  it('keep nothing longer because more is read, and nothing in memory', () => {
    const { reads, feed, cache } = begin();
    reads.add(feed, [page(1)], 0);
    reads.add(feed, [page(2)], 9_000);
    reads.expire(10_000);
    expect(reads.after(feed, 0)).toBeUndefined();
    expect(cache.usedBytes).toBe(0);
  });

  it('wake those who wait for a read that is under way, and for no other', () => {
    const { reads, feed } = begin();
    const woken: string[] = [];
    const first = reads.begin(feed, 0, 5);
    const second = reads.begin(feed, 5, 5);
    reads.underWay(feed, 4)?.waiting.push(() => woken.push('first'));
    reads.underWay(feed, 5)?.waiting.push((isShared) => woken.push(`second, ${isShared ? 'shared' : 'not shared'}`));
    expect(reads.underWay(feed, 10)).toBeUndefined();
    reads.end(second, false);
    expect(woken).toEqual(['second, not shared']);
    reads.end(first, true);
    expect(woken).toEqual(['second, not shared', 'first']);
    expect(reads.underWay(feed, 4)).toBeUndefined();
  });
});
