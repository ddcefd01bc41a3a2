// What connections had been written, and nobody knows to have arrived, when they ended: for telling how often something was tried, and counting what is repeated.
import type { DeliveryStream } from './delivery-stream.js';
import { ownerKey, type QueueOwner } from './queue-owner.js';

/** Owners that are remembered; those whose connections ended longest ago are forgotten first. */
const MAX_OWNERS = 1_024;

/** Ranges of one owner; the oldest are forgotten first. */
const MAX_RANGES = 64;

/** Numbers of a log that one connection was written: those behind `after`, up to `through`. */
interface WrittenRange {
  readonly log: string;
  readonly after: number;
  readonly through: number;
}

/** Knows the connections of this process alone, and no more of them than the bounds above. */
export class UnsettledWrites {
  private readonly byOwner = new Map<string, WrittenRange[]>();

  /** A stream has ended, and its positions have settled as far as they will. */
  ended({ owner, subscriptions }: DeliveryStream): void {
    const key = ownerKey(owner);
    const known = this.byOwner.get(key);
    const ranges = known?.filter(({ log, through }) => through > (subscriptions.get(log)?.settledSeq ?? 0)) ?? [];
    for (const { log, settledSeq, sentSeq, lost } of subscriptions.values()) {
      if (sentSeq > settledSeq && !lost) ranges.push({ log, after: settledSeq, through: sentSeq });
    }
    if (known !== undefined) this.byOwner.delete(key);
    if (ranges.length === 0) return;
    this.byOwner.set(key, ranges.slice(-MAX_RANGES));
    if (this.byOwner.size > MAX_OWNERS) this.byOwner.delete(this.byOwner.keys().next().value as string);
  }

  /** Up to which number of each log connections that have ended were written it, and did not acknowledge it; undefined for none. */
  through(owner: QueueOwner): ReadonlyMap<string, number> | undefined {
    const ranges = this.byOwner.get(ownerKey(owner));
    if (ranges === undefined) return undefined;
    const newest = new Map<string, number>();
    for (const { log, through } of ranges) newest.set(log, Math.max(through, newest.get(log) ?? 0));
    return newest;
  }

  /** How many connections that have ended were written this number and did not acknowledge it. */
  count(owner: QueueOwner, log: string, seq: number): number {
    const ranges = this.byOwner.get(ownerKey(owner));
    return ranges === undefined ? 0 : ranges.filter((range) => range.log === log && seq > range.after && seq <= range.through).length;
  }
}
