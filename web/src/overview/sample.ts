// One point of the plots: what is now, and how fast what is counted has grown since the answer before.
import { addHistograms, grown, quantile } from './histogram.js';
import type { HistogramAnswer, NodeStats, StatsAnswer } from './stats-answer.js';

/** All servers together. Rates are per second, latencies in seconds; undefined where nothing was measured. */
export interface Sample {
  /** Milliseconds since the epoch, by a server's clock. */
  at: number;
  connections: number;
  waiting: number;
  largestQueue: number;
  published: number;
  delivered: number;
  acknowledged: number;
  repeated: number;
  dropped: number;
  refused: number;
  rateLimited: number;
  /** What was measured in between. */
  write: HistogramAnswer;
  acknowledgement: HistogramAnswer;
  writeMedian: number | undefined;
  writeTail: number | undefined;
  acknowledgementTail: number | undefined;
}

/** A server's numbers, those before them, and the seconds in between. */
interface Interval {
  now: NodeStats;
  before: NodeStats;
  seconds: number;
}

/** What lies between two answers. A server that is new, or has started anew, counts from its next answer on. */
export function toSample(before: StatsAnswer, { nodes }: StatsAnswer): Sample {
  const intervals = nodes.flatMap((now) => intervalsOf(before.nodes, now));
  const perSecond = (total: (node: NodeStats) => number): number => sum(intervals, ({ now, before, seconds }) => (total(now) - total(before)) / seconds);
  const between = (of: (node: NodeStats) => HistogramAnswer): HistogramAnswer => addHistograms(intervals.map(({ now, before }) => grown(of(before), of(now))));
  const write = between(({ latency }) => latency.write);
  const acknowledgement = between(({ latency }) => latency.acknowledgement);
  return {
    at: Math.max(...nodes.map(({ at }) => Date.parse(at))),
    connections: sum(nodes, ({ connections }) => connections.open),
    waiting: sum(nodes, ({ connections }) => connections.waiting),
    largestQueue: Math.max(0, ...nodes.map(({ queues }) => queues.largest)),
    published: perSecond(({ notifications }) => notifications.published_total),
    delivered: perSecond(({ notifications }) => notifications.delivered_total),
    acknowledged: perSecond(({ notifications }) => notifications.acknowledged_total),
    repeated: perSecond(({ notifications }) => notifications.repeated_total),
    dropped: perSecond(({ notifications }) => notifications.dropped_total),
    refused: perSecond(({ connections }) => connections.refused_total),
    rateLimited: perSecond(({ limits }) => limits.rate_limited_total),
    write,
    acknowledgement,
    writeMedian: quantile(write, 0.5),
    writeTail: quantile(write, 0.99),
    acknowledgementTail: quantile(acknowledgement, 0.99),
  };
}

/** None for a server that was not there before, or has started anew since. */
function intervalsOf(nodes: readonly NodeStats[], now: NodeStats): Interval[] {
  const before = nodes.find(({ node, uptime_seconds: uptime }) => node === now.node && uptime < now.uptime_seconds);
  return before === undefined ? [] : [{ now, before, seconds: now.uptime_seconds - before.uptime_seconds }];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
