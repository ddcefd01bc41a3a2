// How long to wait before connecting again: exponential back-off with full jitter.

const FIRST_CEILING_MS = 500;
const LAST_CEILING_MS = 30_000;

/** Doubles its ceiling with each attempt; the wait is any time below it, so that clients cut off together come back apart. */
export class BackOff {
  private attempts = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** this.attempts);
    this.attempts++;
    return Math.round(this.random() * ceiling);
  }

  /** An attempt succeeded. */
  reset(): void {
    this.attempts = 0;
  }
}
