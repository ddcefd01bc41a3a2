// The numbers of now as plain objects, for pages that show them.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConnectionRegistry } from '../connections/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { EngineMeter } from '../engine/index.js';
import { CanaryService } from '../health/index.js';
import type { Histogram, KindCounts } from '../log/index.js';
import { ConnectionMetrics } from './connection-metrics.js';
import { ConnectionSweep } from './connection-sweep.js';
import { LimitMetrics } from './limit-metrics.js';

/** A histogram: how many values were up to each bound, those of lower bounds included; `le` of the last is null. */
export interface HistogramStatistics {
  count: number;
  sum: number;
  buckets: { le: number | null; count: number }[];
}

/** Of this process. Totals since its start: a rate is the difference of two of them over that of their times. */
export interface Statistics {
  /** RFC 3339. */
  at: string;
  uptime_seconds: number;
  connections: {
    open: number;
    waiting: number;
    catching_up: number;
    opened_total: number;
    closed_total: number;
    refused_total: number;
    reconnected_total: number;
  };
  notifications: {
    published_total: number;
    delivered_total: number;
    acknowledged_total: number;
    replayed_total: number;
    repeated_total: number;
    dropped_total: number;
  };
  /** Seconds; see `chatapi_notification_write_latency_seconds` and `…_acknowledgement_latency_seconds`. */
  latency: { write: HistogramStatistics; acknowledgement: HistogramStatistics };
  /** Of connected clients: the largest, and all together. */
  queues: { largest: number; total: number };
  limits: { rate_limited_total: number; bans_total: number };
  canary: { healthy: boolean; age_seconds: number; round_trip_seconds: number };
  /** Since the last time that somebody asked. */
  event_loop_lag_seconds: { mean: number; p99: number; max: number };
}

const NANOSECONDS = 1e9;

/** How finely the event loop's lag is measured, ms. */
const RESOLUTION_MS = 20;

/**
 * What `/metrics` says, without Prometheus.
 *
 * @publicApi
 */
@Injectable()
export class StatisticsService implements OnModuleDestroy {
  private readonly lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private measuring = false;

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly queue: DeliveryQueue,
    private readonly engine: EngineMeter,
    private readonly canary: CanaryService,
    private readonly connections: ConnectionMetrics,
    private readonly limits: LimitMetrics,
    private readonly sweep: ConnectionSweep,
  ) {}

  onModuleDestroy(): void {
    this.lag.disable();
  }

  /** The numbers of now. Cheap: connections are looked at once a second at most, whoever asks. */
  async now(): Promise<Statistics> {
    const { waiting, catchingUp, largestQueue, queued } = await this.sweep.newest();
    const { meter, counters } = this.queue;
    const { opened, closed, refused, reconnected } = this.connections.counts;
    return {
      at: new Date().toISOString(),
      uptime_seconds: process.uptime(),
      connections: {
        open: this.registry.size,
        waiting,
        catching_up: catchingUp,
        opened_total: opened,
        closed_total: closed,
        refused_total: refused,
        reconnected_total: reconnected,
      },
      notifications: {
        published_total: total(this.engine.published),
        delivered_total: total(meter.written),
        acknowledged_total: meter.acknowledged.transport + meter.acknowledged.client,
        replayed_total: meter.replayed,
        repeated_total: meter.repeated,
        dropped_total: counters.droppedByOverflow + counters.droppedByAge,
      },
      latency: { write: toStatistics(meter.writeLatency), acknowledgement: toStatistics(meter.acknowledgementLatency.transport) },
      queues: { largest: largestQueue, total: queued },
      limits: { rate_limited_total: this.limits.counts.rateLimited, bans_total: this.limits.counts.bans },
      canary: { healthy: this.canary.problem === undefined, age_seconds: this.canary.ageMs / 1000, round_trip_seconds: this.canary.roundTripMs / 1000 },
      event_loop_lag_seconds: this.eventLoopLag(),
    };
  }

  /** Measured only since somebody has asked for the first time. */
  private eventLoopLag(): Statistics['event_loop_lag_seconds'] {
    const { lag } = this;
    if (!this.measuring) {
      this.measuring = true;
      lag.enable();
      return { mean: 0, p99: 0, max: 0 };
    }
    const found = { mean: lag.count === 0 ? 0 : lag.mean / NANOSECONDS, p99: lag.percentile(99) / NANOSECONDS, max: lag.max / NANOSECONDS };
    lag.reset();
    return found;
  }
}

function total(counts: Readonly<KindCounts>): number {
  return counts.message + counts.room_update + counts.client_status + counts.custom;
}

function toStatistics({ bounds, counts, sum, count }: Histogram): HistogramStatistics {
  let cumulated = 0;
  const buckets = counts.map((inBucket, i) => {
    cumulated += inBucket;
    return { le: i < bounds.length ? bounds[i] : null, count: cumulated };
  });
  return { count, sum, buckets };
}
