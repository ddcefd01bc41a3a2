// Traced notifications that were fanned out here lately, by log: what an acknowledgement is a part of.
import type { SpanContext } from '@opentelemetry/api';

/** Runs of notifications that are remembered; the oldest are forgotten first. */
const MAX_RUNS = 4_096;

/** Spans of acknowledgements of one run: a large room's would be more than anybody looks at. */
const MAX_ACKNOWLEDGEMENTS = 10;

/** Notifications of one log and trace that were fanned out together. */
export interface FannedOutRun {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The fan-out span's. */
  readonly context: SpanContext;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  /** How often it was taken. */
  acknowledged: number;
}

/** Bounded, whatever becomes of the notifications. */
export class FannedOut {
  private readonly byLog = new Map<string, FannedOutRun[]>();
  private size = 0;

  add(log: string, run: FannedOutRun): void {
    const runs = this.byLog.get(log);
    if (runs === undefined) this.byLog.set(log, [run]);
    else runs.push(run);
    if (++this.size > MAX_RUNS) this.forgetOldest();
  }

  /** Those that have a number in this range and may have one more acknowledgement, which they have had then. */
  take(log: string, fromSeq: number, toSeq: number): FannedOutRun[] {
    const found = (this.byLog.get(log) ?? []).filter((run) => run.fromSeq <= toSeq && run.toSeq >= fromSeq && run.acknowledged < MAX_ACKNOWLEDGEMENTS);
    for (const run of found) run.acknowledged++;
    return found;
  }

  /** Of the log that was first of all, which goes behind the others then. */
  private forgetOldest(): void {
    const [log, runs] = this.byLog.entries().next().value as [string, FannedOutRun[]];
    runs.shift();
    this.size--;
    this.byLog.delete(log);
    if (runs.length > 0) this.byLog.set(log, runs);
  }
}
