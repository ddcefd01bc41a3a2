// Latencies in buckets whose width grows with the value: recording one costs no allocation.

/** Buckets in each power of two: a percentile is right within 1/32, which is 3 %. */
const STEPS = 32;
const STEP_BITS = 5;
const POWERS = 31;

export class Histogram {
  counts = new Float64Array(STEPS * POWERS);

  /** Records a latency in whole microseconds; one below zero counts as zero. */
  record(micros) {
    const value = micros < 0 ? 0 : micros > 0x7fffffff ? 0x7fffffff : micros;
    this.counts[value < STEPS ? value : bucketOf(value)]++;
  }

  reset() {
    this.counts.fill(0);
  }

  /** The latency in milliseconds that this share of all did not exceed (the upper edge of its bucket); 0 when nothing was recorded. */
  percentile(share) {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (let i = 0; i < this.counts.length; i++) {
      seen += this.counts[i];
      if (this.counts[i] > 0 && seen >= total * share) return upperEdge(i) / 1000;
    }
    return 0;
  }
}

function bucketOf(value) {
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return (shift + 1) * STEPS + (value >> shift) - STEPS;
}

function upperEdge(bucket) {
  if (bucket < STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return ((bucket % STEPS) + STEPS + 1) * 2 ** shift - 1;
}
