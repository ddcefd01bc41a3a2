// The exact sliding window: what was counted in the time up to now, with no fixed borders that a burst could straddle.

/** When `start` is this large, the arrays are cut. */
const COMPACT_AFTER = 1024;

/**
 * A log of hits. Times are rounded up to whole milliseconds, and hits of one millisecond share a place: memory is bounded by
 * the window's length and by what is taken. A hit is out of the window when `windowMs` have gone by since.
 */
export class SlidingWindow {
  private times: number[] = [];
  private counts: number[] = [];
  private start = 0;
  private total = 0;

  constructor(private readonly windowMs: number) {}

  /** Hits in the window that ends now. */
  used(now: number): number {
    this.expire(now);
    return this.total;
  }

  /** Counts as many of `hits` as fit below `limit`, and says how many. */
  take(now: number, limit: number, hits = 1): number {
    this.expire(now);
    const granted = Math.max(0, Math.min(hits, limit - this.total));
    if (granted > 0) this.add(Math.ceil(now), granted);
    return granted;
  }

  /** Counts one hit, and forgets the oldest beyond `limit`: those that are left say when fewer than `limit` are in the window. */
  record(now: number, limit: number): void {
    this.expire(now);
    this.add(Math.ceil(now), 1);
    while (this.total > limit) {
      this.total--;
      if (--this.counts[this.start] === 0) this.start++;
    }
  }

  /** Milliseconds until a hit fits below `limit`; 0 when one does now. */
  waitMs(now: number, limit: number): number {
    this.expire(now);
    let excess = this.total - limit + 1;
    if (excess <= 0) return 0;
    let i = this.start;
    while (i < this.times.length - 1 && excess > this.counts[i]) excess -= this.counts[i++];
    return this.times[i] + this.windowMs - now;
  }

  /** Whether it holds nothing. */
  isEmpty(now: number): boolean {
    return this.used(now) === 0;
  }

  private add(at: number, hits: number): void {
    const last = this.times.length - 1;
    if (last >= this.start && this.times[last] >= at) this.counts[last] += hits;
    else {
      this.times.push(at);
      this.counts.push(hits);
    }
    this.total += hits;
  }

  private expire(now: number): void {
    while (this.start < this.times.length && now - this.times[this.start] >= this.windowMs) {
      this.total -= this.counts[this.start];
      this.start++;
    }
    if (this.start === this.times.length) {
      if (this.start > 0) this.clear();
    } else if (this.start >= COMPACT_AFTER && this.start * 2 > this.times.length) {
      this.times = this.times.slice(this.start);
      this.counts = this.counts.slice(this.start);
      this.start = 0;
    }
  }

  private clear(): void {
    this.times = [];
    this.counts = [];
    this.start = 0;
    this.total = 0;
  }
}
