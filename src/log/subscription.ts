// One connection's position in one log.
import type { DeliveryStream } from './delivery-stream.js';
import type { LogFeed } from './log-feed.js';
import type { SeqRange } from './queue.js';

/**
 * How far a connection has got in a log. It is live when `sentSeq` is the log's head: then fan-out writes to it.
 * Otherwise it is catching up. All four positions only rise, and each is at most the one before it:
 * sent, marked by the outstanding ping, acknowledged, settled.
 */
export class Subscription {
  /** Its index among the feed's subscribers. */
  slot = -1;
  /** Written to the socket up to here. */
  sentSeq: number;
  /** Covered by the outstanding ping up to here. */
  markedSeq: number;
  /** What the cursor may be raised to. */
  settledSeq: number;
  /** Acknowledged by `ack` frames up to here. */
  clientSeq = 0;
  /** Whether something was written since the last ping. */
  touched = false;
  /** The store has lost what was sent: none of its positions means anything any more. */
  lost = false;
  /** A read of the store that began at its position is under way. */
  reading = false;
  /** `sentSeq`, as long as nothing was written since it was moved by `skip`; then everything behind `writtenSeq` was skipped. */
  private skippedSeq = -1;
  private writtenSeq = 0;
  /** The log's last number for this connection, once the room is deleted. */
  private endSeq: number | undefined;
  /** What fell out of the queue last. */
  private dropped: SeqRange | undefined;

  constructor(
    readonly stream: DeliveryStream,
    /** Absent for the position among presence changes, which no log holds. */
    readonly feed: LogFeed | undefined,
    position: number,
  ) {
    this.sentSeq = position;
    this.markedSeq = position;
    this.settledSeq = position;
  }

  /** The log's name; empty for the position among presence changes. */
  get log(): string {
    return this.feed?.log ?? '';
  }

  /** Up to where there is something to deliver. */
  get head(): number {
    return this.endSeq ?? this.feed?.head ?? this.sentSeq;
  }

  /** The room is deleted: what is behind `sentSeq` up to the end is still delivered, and nothing after it. */
  get ended(): boolean {
    return this.endSeq !== undefined;
  }

  /** Everything up to the end is acknowledged: it is of no further use. */
  get finished(): boolean {
    return this.endSeq !== undefined && this.sentSeq >= this.endSeq && this.settledSeq >= this.endSeq;
  }

  /**
   * A pong moves its cursor. Where the client acknowledges by frames, pongs only make room in the window; but no frame
   * acknowledges presence changes, so for those they count too.
   */
  get settlesByTransport(): boolean {
    const { mode } = this.stream;
    return mode === 'transport' || (mode === 'client' && this.feed === undefined);
  }

  /**
   * Moves past numbers that have nothing for this connection.
   *
   * @returns whether they have settled, see {@link settleSkipped}
   */
  skip(through: number): boolean {
    if (this.skippedSeq !== this.sentSeq) this.writtenSeq = this.sentSeq;
    this.sentSeq = through;
    this.skippedSeq = through;
    return this.settleSkipped();
  }

  /** Moves past what has fallen out of the queue. It settles once the report of that has arrived. */
  drop(through: number): void {
    const fromSeq = this.dropped?.toSeq === this.sentSeq ? this.dropped.fromSeq : this.sentSeq + 1;
    this.dropped = { fromSeq, toSeq: through };
    this.sentSeq = through;
  }

  /** What fell out last, if a cursor at `seq` is behind all of it. */
  droppedUpTo(seq: number): SeqRange | undefined {
    return this.dropped !== undefined && this.dropped.toSeq <= seq ? this.dropped : undefined;
  }

  /** What was skipped last settles with the newest that was written: nothing of it has to arrive. Returns whether it did now. */
  settleSkipped(): boolean {
    if (this.skippedSeq !== this.sentSeq || this.settledSeq < this.writtenSeq || this.settledSeq >= this.sentSeq) return false;
    this.markedSeq = this.sentSeq;
    this.settledSeq = this.sentSeq;
    return true;
  }

  /** Whether a membership that began behind `position` is another one: there is something before it that is not to be delivered any more. */
  precedes(position: number): boolean {
    return this.endSeq === undefined ? this.sentSeq < position : this.endSeq <= position;
  }

  /** Ends the log for this connection at `seq`. */
  endAt(seq: number): void {
    this.endSeq = seq;
  }
}
