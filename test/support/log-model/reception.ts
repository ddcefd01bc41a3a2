// What went over a connection, as it can be asked about afterwards: which entries, which overflow reports, and when.
import type { DroppedRange } from '../../../src/log/index.js';
import type { WireFrame } from './wire-frames.js';

/** One notification or one reported range, in the order of the connection. */
export type Received =
  | { readonly log: string; readonly seq: number; readonly payload: Buffer }
  | (DroppedRange & { readonly seq?: undefined });

/** One end of a connection's frames: what was written to it, or what arrived. */
export class Reception {
  readonly received: Received[] = [];
  /** The highest presence position, and when it came. */
  readonly statuses: { readonly position: number; readonly at: number }[] = [];
  private readonly seqs = new Map<string, Map<number, number>>();
  private readonly ranges = new Map<string, { readonly range: DroppedRange; readonly at: number }[]>();

  note(frame: WireFrame, at: number): void {
    if (frame.kind === 'status') {
      this.statuses.push({ position: frame.position, at });
    } else if (frame.kind === 'entry') {
      this.received.push(frame);
      const seqs = ensure(this.seqs, frame.log, () => new Map<number, number>());
      if (!seqs.has(frame.seq)) seqs.set(frame.seq, at);
    } else {
      for (const range of frame.ranges) {
        this.received.push(range);
        ensure(this.ranges, range.log, () => []).push({ range, at });
      }
    }
  }

  /** Whether an entry, or the report that it was dropped, came at `until` or before. */
  has(log: string, seq: number, until = Infinity): boolean {
    const at = this.seqs.get(log)?.get(seq);
    if (at !== undefined && at <= until) return true;
    return (this.ranges.get(log) ?? []).some((report) => report.at <= until && report.range.fromSeq <= seq && seq <= report.range.toSeq);
  }

  /** The logs of which something came. */
  get logs(): string[] {
    return [...this.seqs.keys()];
  }

  /** The newest entry of a log. */
  newest(log: string): number {
    return Math.max(0, ...(this.seqs.get(log)?.keys() ?? []));
  }
}

function ensure<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
