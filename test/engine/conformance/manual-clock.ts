// A clock that stands still until a test moves it.
import { type Clock } from '../../../src/log/index.js';

export class ManualClock implements Clock {
  constructor(private time = Date.UTC(2024, 0, 15, 10, 30)) {}

  now(): number {
    return this.time;
  }

  advanceSeconds(seconds: number): void {
    this.time += seconds * 1000;
  }
}
