// What was read from the store for one connection and is of use to others: after an outage, a room's members all want the same.
import type { EncodedChunk } from './encoded-chunk.js';
import type { LogFeed } from './log-feed.js';
import { LogTail } from './log-tail.js';
import type { TailCache } from './tail-cache.js';

/** How long pages are kept, ms: about as long as a client takes that reads slowly. What is too old to be delivered is not given out much later. */
const KEPT_MS = 10_000;

/** A read of a log that is under way. */
export interface ReadUnderWay {
  readonly feed: LogFeed;
  /** It begins behind this number, and takes `limit` entries at most. */
  readonly after: number;
  readonly limit: number;
  /** Called when it has ended; `isShared`, whether its pages are there now. */
  readonly waiting: ((isShared: boolean) => void)[];
}

interface KeptPages {
  readonly pages: LogTail;
  /** When the first of them was read: none is kept longer, however often more are added. */
  readonly at: number;
}

/** Pages of logs, in the memory of the tails; and the reads that will bring more. */
export class SharedReads {
  private readonly kept = new Map<LogFeed, KeptPages>();
  private readonly reads = new Map<LogFeed, ReadUnderWay[]>();

  constructor(
    private readonly cache: TailCache,
    /** Numbers of one log that are kept (QUEUE_MAX_PER_CLIENT). */
    private readonly maxNumbers: number,
  ) {}

  /** The chunk that holds the number behind `seq`, if it was read lately. */
  after(feed: LogFeed, seq: number): EncodedChunk | undefined {
    return this.kept.get(feed)?.pages.after(seq);
  }

  /** Keeps chunks that were read; those that they leave a hole behind are let go. */
  add(feed: LogFeed, chunks: readonly EncodedChunk[], now: number): void {
    let kept = this.kept.get(feed);
    if (kept === undefined) {
      kept = { pages: new LogTail(this.cache, this.maxNumbers), at: now };
      this.kept.set(feed, kept);
    }
    for (const chunk of chunks) kept.pages.add(chunk);
  }

  /** A read that is under way and is likely to bring what stands behind `seq`. */
  underWay(feed: LogFeed, seq: number): ReadUnderWay | undefined {
    return this.reads.get(feed)?.find(({ after, limit }) => after <= seq && seq < after + limit);
  }

  /** A read begins. */
  begin(feed: LogFeed, after: number, limit: number): ReadUnderWay {
    const read: ReadUnderWay = { feed, after, limit, waiting: [] };
    const reads = this.reads.get(feed);
    if (reads === undefined) this.reads.set(feed, [read]);
    else reads.push(read);
    return read;
  }

  /** A read has ended: whoever waited for it goes on. */
  end(read: ReadUnderWay, isShared: boolean): void {
    const others = (this.reads.get(read.feed) ?? []).filter((other) => other !== read);
    if (others.length === 0) this.reads.delete(read.feed);
    else this.reads.set(read.feed, others);
    for (const goOn of read.waiting) goOn(isShared);
  }

  /** Lets go of what was read long ago. */
  expire(now: number): void {
    for (const [feed, { pages, at }] of this.kept) {
      if (now - at < KEPT_MS) continue;
      pages.clear();
      this.kept.delete(feed);
    }
  }
}
