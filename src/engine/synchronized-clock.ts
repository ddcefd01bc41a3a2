// The store's time: processes whose machines disagree about the time agree by it.
import type { Clock } from '../log/index.js';

/** Differences smaller than this are not worth a leap, ms. */
const TOLERANCE_MS = 50;

/** The machine's clock, set by another one. */
export class SynchronizedClock implements Clock {
  private offset = 0;

  /** @param machine the clock that is set */
  constructor(private readonly machine: Clock) {}

  now(): number {
    return this.machine.now() + this.offset;
  }

  /**
   * The other clock has said this, in milliseconds since the epoch, at some time within the last `elapsedMs`: what took long to come says little about now, and
   * must not turn this clock back by as much.
   */
  set(said: number, elapsedMs: number): void {
    const difference = said + elapsedMs / 2 - this.now();
    if (Math.abs(difference) > elapsedMs / 2 + TOLERANCE_MS) this.offset += difference;
  }
}
