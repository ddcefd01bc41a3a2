// Time that passes only when a test says so.
import type { Clock } from '../../../src/log/index.js';

/** A clock that stands still until it is moved. */
export class VirtualClock implements Clock {
  constructor(private milliseconds = 1_700_000_000_000) {}

  now(): number {
    return this.milliseconds;
  }

  /** Lets so many milliseconds pass. */
  advance(milliseconds: number): void {
    this.milliseconds += milliseconds;
  }
}
