// The engine: how long its calls take, what fails, and what was lost on the way from other servers and healed.
import { Inject, Injectable } from '@nestjs/common';
import { countsFeed, DeliveryEngine, EngineMeter } from '../engine/index.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Reads what the engine has counted. What only an engine over several servers counts is there with such a one. */
@Injectable()
export class EngineMetrics {
  constructor(metrics: MetricsRegistry, { calls }: EngineMeter, @Inject(DeliveryEngine) engine: DeliveryEngine) {
    metrics.histogramOf('chatapi_engine_call_duration_seconds', () => [...calls].map(([call, { latency }]) => [{ call }, latency] as const));
    metrics.countsOf('chatapi_engine_failures_total', (set) => {
      for (const [call, { failures }] of calls) for (const [reason, total] of Object.entries(failures)) set({ call, reason }, total);
    });
    if (!countsFeed(engine)) return;
    const { feedCounters } = engine;
    metrics.countOf('chatapi_feed_gaps_healed_total', () => feedCounters.gapsHealed);
    metrics.countOf('chatapi_feed_resyncs_total', () => feedCounters.resyncs);
    metrics.countOf('chatapi_feed_rewinds_total', () => feedCounters.rewinds);
    metrics.countOf('chatapi_redis_lines_replaced_total', () => feedCounters.linesReplaced);
    metrics.countOf('chatapi_redis_errors_total', () => feedCounters.lineErrors);
  }
}
