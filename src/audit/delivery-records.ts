// What was delivered, one record a notification: what stood in the range that was acknowledged is read back from the log.
import type { DeliveryEngine } from '../engine/index.js';
import type { Delivered } from '../events/index.js';
import { type LogEntry, logKey } from '../log/index.js';
import { notificationId, notificationText } from '../protocol/index.js';
import { ofLog, ofRange, type TimelessRecord } from './event-records.js';

/** Entries that are read at once. */
const PAGE = 200;

/** Ranges that may wait to be looked up. Those beyond are recorded as ranges. */
const MAX_WAITING = 10_000;

/** One record for a range, whatever stands in it. */
export function deliverySummary(range: Delivered): TimelessRecord {
  return { action: 'delivered', ...ofRange(range), ...(range.audience !== undefined && { audience: range.audience.key }) };
}

/** Looks up what was delivered, one log after another, so that no more than a page of it is in memory. */
export class DeliveryRecords {
  private readonly tail: { promise: Promise<void> } = { promise: Promise.resolve() };
  private waiting = 0;

  constructor(
    private readonly engine: Pick<DeliveryEngine, 'readLog'>,
    /** Takes what was looked up. Must not throw. */
    private readonly take: (records: TimelessRecord[], at: number) => void,
    /** Why ranges could not be looked up; they are recorded as ranges. Must not throw. */
    private readonly failed: (cause: unknown) => void,
  ) {}

  /** Looks up ranges that were delivered at a time, in milliseconds since the epoch. */
  add(delivered: readonly Delivered[], at: number): void {
    if (this.waiting + delivered.length > MAX_WAITING) {
      this.take(delivered.map(deliverySummary), at);
      return;
    }
    this.waiting += delivered.length;
    this.tail.promise = this.tail.promise.then(() => this.lookUp(delivered, at));
  }

  /** Resolves when everything that was added is recorded. */
  settled(): Promise<void> {
    return this.tail.promise;
  }

  private async lookUp(delivered: readonly Delivered[], at: number): Promise<void> {
    // What the members of a room acknowledge at about the same time is read once.
    for (const ranges of byLog(delivered)) {
      try {
        await this.lookUpLog(ranges, at);
      } catch (cause) {
        this.failed(cause);
        this.take(ranges.map(deliverySummary), at);
      }
      this.waiting -= ranges.length;
    }
  }

  private async lookUpLog(ranges: readonly Delivered[], at: number): Promise<void> {
    const [address] = ranges;
    const last = Math.max(...ranges.map(({ toSeq }) => toSeq));
    let after = Math.min(...ranges.map(({ fromSeq }) => fromSeq)) - 1;
    let entries: LogEntry[];
    do {
      entries = await this.engine.readLog(address, after, Math.min(PAGE, last - after));
      for (const range of ranges) this.take(entriesOf(range, entries), at);
      after = entries.at(-1)?.seq ?? last;
    } while (after < last);
  }
}

function byLog(delivered: readonly Delivered[]): Iterable<Delivered[]> {
  const logs = new Map<string, Delivered[]>();
  for (const range of delivered) {
    const key = logKey(range.tenant, range.log);
    const ranges = logs.get(key);
    if (ranges === undefined) logs.set(key, [range]);
    else ranges.push(range);
  }
  return logs.values();
}

function entriesOf(range: Delivered, entries: readonly LogEntry[]): TimelessRecord[] {
  return entries
    .filter((entry) => entry.seq >= range.fromSeq && entry.seq <= range.toSeq && isReceived(range, entry))
    .map(({ seq, incarnation, type }) => ({ action: 'delivered', ...ofLog(range), id: notificationId(range.log, incarnation, seq), type, seq }));
}

function isReceived({ audience, log }: Delivered, { type, incarnation, seq, data }: LogEntry): boolean {
  return audience === undefined || audience.receives(type, log, () => JSON.parse(notificationText(type, log, incarnation, seq, data)));
}
