// The store's time: processes whose machines disagree about the time agree by it.
import type { Clock } from '../log/index.js';

/** Differences smaller than this are those of the way there and back, ms. */
const TOLERANCE_MS = 50;

/** The machine's clock, set by another one. */
export class SynchronizedClock implements Clock {
  private offset = 0;

  /** @param machine the clock that is set */
  constructor(private readonly machine: Clock) {}

  now(): number {
    return this.machine.now() + this.offset;
  }

  /** The other clock says this now, in milliseconds since the epoch. */
  set(now: number): void {
    const difference = now - this.now();
    if (Math.abs(difference) > TOLERANCE_MS) this.offset += difference;
  }
}
