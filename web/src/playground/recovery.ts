// What a cut of the line has cost, told as it comes to light: how long it was, what was missed, and that it came.
import { signal } from '@preact/signals';
import type { Frame } from '../frames/describe.js';

/** One cut and what followed. */
export interface Recovery {
  /** Undefined while the line is down. */
  awayMs: number | undefined;
  /** What waited in the queue, as `connected` has it. */
  queued: number;
  /** What of it has come. */
  arrived: number;
  duplicates: number;
  /** What fell out of the queue meanwhile. */
  dropped: number;
}

/** Watches one line. */
export class RecoveryWatch {
  /** The newest; undefined before the first cut. */
  readonly newest = signal<Recovery | undefined>(undefined);
  private downSince: number | undefined;

  /** The line is down. */
  down(): void {
    if (this.downSince !== undefined) return;
    this.downSince = performance.now();
    this.newest.value = { awayMs: undefined, queued: 0, arrived: 0, duplicates: 0, dropped: 0 };
  }

  /** A frame has come. Returns the recovery when this frame is the one that tells of being back. */
  frame({ type, id, seq, data = {} }: Frame, duplicate: boolean): Recovery | undefined {
    const before = this.newest.value;
    if (before === undefined) return undefined;
    if (type === 'connected' && this.downSince !== undefined) {
      const awayMs = performance.now() - this.downSince;
      this.downSince = undefined;
      const recovery: Recovery = { awayMs, queued: numberOf(data.queued), arrived: 0, duplicates: 0, dropped: numberOf(data.dropped) };
      this.newest.value = recovery;
      return recovery;
    }
    // Status is state: it is not queued, and comes without a number.
    if (id !== undefined && seq !== undefined && this.downSince === undefined && before.arrived < before.queued) {
      this.newest.value = { ...before, arrived: before.arrived + 1, duplicates: before.duplicates + (duplicate ? 1 : 0) };
    }
    return undefined;
  }

  /** Begins anew. */
  reset(): void {
    this.downSince = undefined;
    this.newest.value = undefined;
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
