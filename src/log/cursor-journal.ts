// Cursors that were raised and are not stored yet.
import type { Audience } from './audience.js';
import type { CursorUpdate } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import type { Subscription } from './subscription.js';

/** What is to be stored. */
export interface RaisedCursors {
  cursors: CursorUpdate[];
  /** For each of them, what the connection receives that raised it; undefined for everything. */
  audiences: (Audience | undefined)[];
  /** How far owners have been told of presence changes. */
  presence: { owner: QueueOwner; position: number }[];
}

/** Gathers raised positions, so that each is stored once a batch however often it was raised. */
export class CursorJournal {
  private dirty = new Set<Subscription>();

  /** Notes that these were raised. */
  raise(subscriptions: Iterable<Subscription>): void {
    for (const subscription of subscriptions) if (!subscription.lost) this.dirty.add(subscription);
  }

  /** The membership they belong to is over. */
  forget(subscription: Subscription): void {
    this.dirty.delete(subscription);
  }

  /** Takes everything that was raised since the last time; undefined when nothing was. */
  take(now: number): RaisedCursors | undefined {
    if (this.dirty.size === 0) return undefined;
    const raised: RaisedCursors = { cursors: [], audiences: [], presence: [] };
    for (const subscription of this.dirty) {
      const { owner, audience } = subscription.stream;
      if (subscription.feed === undefined) {
        raised.presence.push({ owner, position: subscription.settledSeq });
        continue;
      }
      const { log, settledSeq: seq, clientSeq } = subscription;
      const dropped = subscription.droppedUpTo(seq);
      raised.cursors.push({ ...owner, log, seq, clientSeq, at: now, ...(dropped !== undefined && { dropped }) });
      raised.audiences.push(audience);
    }
    this.dirty = new Set();
    return raised;
  }
}
