// What is left of a fan-out that is too large for one turn: slices of connections, between which everything else has its turn.
import type { EncodedChunk } from './encoded-chunk.js';
import type { LogFeed } from './log-feed.js';
import { Selections } from './selections.js';

/** Calls a function when so many milliseconds are over, and at the earliest when the timers and sockets that are due have had their turn. */
export type Defer = (run: () => void, delayMs: number) => void;

/**
 * Writing to a socket takes 9 to 15 µs, whatever is written. A feed rests about twice as long as its last fan-out took, so that what comes meanwhile
 * goes along in one write: however fast a room is published to, most of the time is left for all else.
 */
const REST_MS_PER_WRITE = 0.025;

/** Shorter rests are not worth a timer, and nobody is to wait longer. */
const REST_MIN_MS = 2;
const REST_MAX_MS = 50;

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
  /** Connections that were written to. */
  writes: number;
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
  private readonly resting = new Map<LogFeed, Sweep>();
  private scheduled = false;
  private left = 0;

  constructor(
    /** Connections that are written to in one turn. */
    private readonly slice: number,
    private readonly defer: Defer,
    /** A feed's subscribers have all had their turn. */
    private readonly swept: (feed: LogFeed) => void,
  ) {}

  /** Whether some of a feed's subscribers still wait for their turn, or all of them would for what came now. */
  has(feed: LogFeed): boolean {
    return this.sweeps.has(feed) || this.resting.has(feed);
  }

  /** The subscribers below `index` have their turns later; the others were written to. */
  begin(feed: LogFeed, index: number, writes: number): void {
    this.sweeps.set(feed, { unswept: index, isBehindAgain: false, writes, selections: new SweepSelections() });
    this.schedule();
  }

  /** All subscribers have had their turn: a large feed has its next one a little later. */
  rest(feed: LogFeed, writes: number): void {
    if (writes * REST_MS_PER_WRITE < REST_MIN_MS) return;
    this.restSweep(feed, { unswept: 0, isBehindAgain: false, writes, selections: new SweepSelections() });
  }

  /** The feed's head has moved while its subscribers wait for their turn. */
  extend(feed: LogFeed): void {
    const sweep = this.sweeps.get(feed) ?? this.resting.get(feed);
    if (sweep === undefined) return;
    sweep.isBehindAgain = true;
    // The newest chunk is another one now.
    sweep.selections.clear();
  }

  private schedule(): void {
    if (this.scheduled || this.sweeps.size === 0) return;
    this.scheduled = true;
    this.defer(() => this.sweepSlice(), 0);
  }

  private restSweep(feed: LogFeed, sweep: Sweep): void {
    this.resting.set(feed, sweep);
    this.defer(() => this.wake(feed, sweep), Math.min(REST_MAX_MS, sweep.writes * REST_MS_PER_WRITE));
  }

  private wake(feed: LogFeed, sweep: Sweep): void {
    this.resting.delete(feed);
    if (!sweep.isBehindAgain) {
      this.swept(feed);
      return;
    }
    this.sweeps.set(feed, { ...sweep, unswept: feed.subscribers.length, isBehindAgain: false, writes: 0 });
    if (!this.scheduled) this.sweepSlice();
  }

  /** One turn. A feed that it did not get to the end of stands behind the others in the next one. */
  private sweepSlice(): void {
    this.scheduled = false;
    this.left = this.slice;
    for (const [feed, sweep] of this.sweeps) {
      const isSwept = this.sweepDown(feed, sweep);
      this.sweeps.delete(feed);
      if (!isSwept) {
        this.sweeps.set(feed, sweep);
        break;
      }
      if (sweep.isBehindAgain || sweep.writes * REST_MS_PER_WRITE >= REST_MIN_MS) this.restSweep(feed, sweep);
      else this.swept(feed);
    }
    this.schedule();
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
      sweep.writes++;
      subscription.stream.follow(subscription, sweep.selections);
    }
    return true;
  }
}
