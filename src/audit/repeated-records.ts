// What an attacker can make happen very often: the first is recorded at once, what follows alike as one record with its count.
import type { TimelessRecord } from './event-records.js';

/** Kinds that are counted at a time; when more come, those that wait are recorded. */
const MAX_KINDS = 10_000;

/** Bounds what a flood writes: two records a kind and interval. */
export class RepeatedRecords {
  /** By kind, what came since its first record; undefined while nothing did. */
  private readonly kinds = new Map<string, { record: TimelessRecord; count: number } | undefined>();

  /** @param write takes records that are not to wait. Must not throw. */
  constructor(private readonly write: (records: TimelessRecord[]) => void) {}

  /** Takes one record; alike are those that differ in nothing but their count. */
  add(record: TimelessRecord): void {
    const { count = 1, ...kind } = record;
    const key = JSON.stringify(kind);
    if (!this.kinds.has(key)) {
      if (this.kinds.size >= MAX_KINDS) this.flush();
      this.kinds.set(key, undefined);
      this.write([record]);
      return;
    }
    this.kinds.set(key, { record, count: (this.kinds.get(key)?.count ?? 0) + count });
  }

  /** Records what was counted; called when an interval is over, and at the end. */
  flush(): void {
    const records = [...this.kinds.values()].filter((counted) => counted !== undefined).map(({ record, count }) => ({ ...record, count }));
    this.kinds.clear();
    if (records.length > 0) this.write(records);
  }
}
