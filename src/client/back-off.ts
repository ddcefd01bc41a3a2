// How long to wait before connecting again: exponential back-off with full jitter.

/** Doubles its ceiling with each attempt; the wait is any time below it, so that clients cut off together come back apart. */
export class BackOff {
  private failures = 0;

  /** Times are in milliseconds. */
  constructor(
    private readonly firstMs: number,
    private readonly lastMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Attempts that failed since the last reset. */
  get attempts(): number {
    return this.failures;
  }

  /** The wait before the next attempt. `longest` leaves out the doubling. */
  next(longest = false): number {
    const ceiling = longest ? this.lastMs : Math.min(this.lastMs, this.firstMs * 2 ** this.failures);
    this.failures++;
    return Math.round(this.random() * ceiling);
  }

  /** An attempt succeeded. */
  reset(): void {
    this.failures = 0;
  }
}
