// A histogram of the core as prom-client's registry takes one.
import type { Metric } from 'prom-client';
import type { Histogram } from '../log/index.js';

/** Gives the core's histograms, each with its labels, whenever metrics are asked for. */
export type MeasuredHistogram = () => Iterable<readonly [labels: Readonly<Record<string, string>>, histogram: Histogram]> | Promise<Iterable<readonly [Readonly<Record<string, string>>, Histogram]>>;

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric that is asked for its samples and holds nothing itself. */
export function measuredHistogram({ name, help }: { readonly name: string; readonly help: string }, collect: MeasuredHistogram): Metric {
  const metric = {
    name,
    help,
    reset: () => undefined,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...(await collect())].flatMap(([labels, histogram]) => samples(name, labels, histogram)),
    }),
  };
  return metric as unknown as Metric;
}

/** Cumulative, as Prometheus has them. */
function samples(name: string, labels: Readonly<Record<string, string>>, { bounds, counts, sum, count }: Histogram): Sample[] {
  let total = 0;
  const buckets = counts.map((inBucket, i): Sample => {
    total += inBucket;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: i < bounds.length ? bounds[i] : '+Inf' }, value: total };
  });
  return [...buckets, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: count }];
}
