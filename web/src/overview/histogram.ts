// Histograms with cumulative buckets, as Prometheus has them: adding, what came since, and quantiles.
import type { HistogramAnswer } from './stats-answer.js';

const NOTHING: HistogramAnswer = { count: 0, sum: 0, buckets: [] };

/** What came between two states of the same histogram. */
export function grown(before: HistogramAnswer | undefined, now: HistogramAnswer): HistogramAnswer {
  if (before === undefined) return now;
  return {
    count: now.count - before.count,
    sum: now.sum - before.sum,
    buckets: now.buckets.map(({ le, count }, index) => ({ le, count: count - (before.buckets[index]?.count ?? 0) })),
  };
}

/** All of them as one. They have the same bounds. */
export function addHistograms(histograms: readonly HistogramAnswer[]): HistogramAnswer {
  return histograms.reduce(
    (total, { count, sum, buckets }) => ({
      count: total.count + count,
      sum: total.sum + sum,
      buckets: buckets.map(({ le, count: inside }, index) => ({ le, count: inside + (total.buckets[index]?.count ?? 0) })),
    }),
    NOTHING,
  );
}

/**
 * The value that this part of the observations does not exceed; undefined without any. Within a bucket it is taken to rise
 * evenly, as `histogram_quantile` does; past the last bound that bound is all that is known.
 */
export function quantile({ count, buckets }: HistogramAnswer, part: number): number | undefined {
  if (count <= 0) return undefined;
  const rank = part * count;
  let lower = 0;
  let below = 0;
  for (const { le, count: inside } of buckets) {
    if (inside >= rank && inside > below) return le === null ? lower : lower + ((le - lower) * (rank - below)) / (inside - below);
    if (le !== null) lower = le;
    below = inside;
  }
  return lower;
}
