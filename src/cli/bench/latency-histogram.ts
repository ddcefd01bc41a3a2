// Latencies, in as much memory for millions as for ten.

/** Buckets that each are 1/32 wider than the one before: what is read from them is at most 3.2 % too large. */
const GROWTH = 1 + 1 / 32;
const SHORTEST_MS = 0.01;
const LONGEST_MS = 600_000;
const BUCKETS = Math.ceil(Math.log(LONGEST_MS / SHORTEST_MS) / Math.log(GROWTH)) + 1;

export class LatencyHistogram {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;
  private largest = 0;

  /** Latencies noted. */
  get count(): number {
    return this.total;
  }

  /** The largest, exactly, in milliseconds. */
  get max(): number {
    return this.largest;
  }

  /** Notes one, in milliseconds. */
  add(ms: number): void {
    const bucket = Math.ceil(Math.log(ms / SHORTEST_MS) / Math.log(GROWTH));
    this.counts[Math.min(Math.max(bucket, 0), BUCKETS - 1)]++;
    this.total++;
    if (ms > this.largest) this.largest = ms;
  }

  /** What so many per cent were not above, in milliseconds; 0 when there are none. */
  percentile(percent: number): number {
    const wanted = (this.total * percent) / 100;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket];
      if (seen > 0 && seen >= wanted) return Math.min(SHORTEST_MS * GROWTH ** bucket, this.largest);
    }
    return this.largest;
  }
}
