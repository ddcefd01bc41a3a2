// What is left of a fan-out that is too large for one turn: slices of connections, between which everything else has its turn.
import type { EncodedChunk } from './encoded-chunk.js';
import type { LogFeed } from './log-feed.js';
import { Selections } from './selections.js';

/** Calls a function once the timers and sockets that are due have had their turn, as `setImmediate` does. */
export type Defer = (run: () => void) => void;

/** What of which chunk is for which audience, for as long as a sweep needs it. */
export class SweepSelections {
  private readonly byChunk = new Map<EncodedChunk, Selections>();

  of(chunk: EncodedChunk): Selections {
    let selections = this.byChunk.get(chunk);
    if (selections === undefined) {
      selections = new Selections(chunk);
      this.byChunk.set(chunk, selections);
    }
    return selections;
  }

  clear(): void {
    this.byChunk.clear();
  }
}

interface Sweep {
  /** Subscribers with a lower index have not been looked at. */
  unswept: number;
  /** Entries came meanwhile: those that were looked at are behind again. */
  isBehindAgain: boolean;
  readonly selections: SweepSelections;
}

/**
 * Goes through the subscribers of a feed and brings those who flow up to its head. Nothing is kept for anybody: whoever is behind the head
 * reads from the tail, as after any other delay, and may get there by itself before its turn comes.
 *
 * The order is downward, since the last subscriber takes the place of one that leaves: so nobody who has not had a turn moves to where all
 * have, and whoever is added has a position of its own to catch up from.
 */
export class Sweeps {
  private readonly sweeps = new Map<LogFeed, Sweep>();
  private scheduled = false;
  private left = 0;

  constructor(
    /** Connections that are written to in one turn. */
    private readonly slice: number,
    private readonly defer: Defer,
    /** A feed's subscribers have all had their turn. */
    private readonly swept: (feed: LogFeed) => void,
  ) {}

  /** Whether some of a feed's subscribers still wait for their turn. */
  has(feed: LogFeed): boolean {
    return this.sweeps.has(feed);
  }

  /** The subscribers below `index` have their turns later. */
  begin(feed: LogFeed, index: number): void {
    this.sweeps.set(feed, { unswept: index, isBehindAgain: false, selections: new SweepSelections() });
    this.schedule();
  }

  /** The feed's head has moved while its subscribers wait for their turn. */
  extend(feed: LogFeed): void {
    const sweep = this.sweeps.get(feed);
    if (sweep === undefined) return;
    sweep.isBehindAgain = true;
    // The newest chunk is another one now.
    sweep.selections.clear();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.defer(() => this.sweepSlice());
  }

  /** One turn. A feed that it did not get to the end of stands behind the others in the next one. */
  private sweepSlice(): void {
    this.scheduled = false;
    this.left = this.slice;
    for (const [feed, sweep] of this.sweeps) {
      const isSwept = this.sweepFeed(feed, sweep);
      this.sweeps.delete(feed);
      if (!isSwept) {
        this.sweeps.set(feed, sweep);
        break;
      }
      this.swept(feed);
    }
    if (this.sweeps.size > 0) this.schedule();
  }

  private sweepFeed(feed: LogFeed, sweep: Sweep): boolean {
    if (!this.sweepDown(feed, sweep)) return false;
    while (sweep.isBehindAgain) {
      sweep.isBehindAgain = false;
      sweep.unswept = feed.subscribers.length;
      if (!this.sweepDown(feed, sweep)) return false;
    }
    return true;
  }

  private sweepDown(feed: LogFeed, sweep: Sweep): boolean {
    const { subscribers } = feed;
    for (let i = Math.min(sweep.unswept, subscribers.length) - 1; i >= 0; i--) {
      const subscription = subscribers[i];
      if (subscription.stream.state !== 'flowing' || subscription.sentSeq >= feed.head) continue;
      if (this.left === 0) {
        sweep.unswept = i + 1;
        return false;
      }
      this.left--;
      subscription.stream.follow(subscription, sweep.selections);
    }
    return true;
  }
}
