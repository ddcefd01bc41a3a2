// A histogram that costs a few additions to fill: what the core measures, for whoever watches it.

/** Counts values by range. Only ever grows. */
export class Histogram {
  /** Values up to each bound and above the one before it; one more for those above all bounds. */
  readonly counts: number[];
  /** Of all values. */
  sum = 0;
  /** How many values. */
  count = 0;

  /** @param bounds ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Counts a value, `weight` times. */
  observe(value: number, weight = 1): void {
    const { bounds } = this;
    let index = 0;
    while (index < bounds.length && value > bounds[index]) index++;
    this.counts[index] += weight;
    this.sum += value * weight;
    this.count += weight;
  }
}
