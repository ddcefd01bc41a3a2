// Notifications on their way: published, delivered, acknowledged, repeated, dropped; how long that takes, and how full queues are.
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { EngineMeter } from '../engine/index.js';
import type { KindCounts } from '../log/index.js';
import { ConnectionSweep } from './connection-sweep.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Reads what delivery and the engine have counted: nothing is added to the way of a notification. */
@Injectable()
export class NotificationMetrics {
  constructor(metrics: MetricsRegistry, queue: DeliveryQueue, engine: EngineMeter, sweep: ConnectionSweep, { queueMaxPerClient, tailCacheBytes }: Settings) {
    const { counters, meter } = queue;
    metrics.countsOf('chatapi_notifications_published_total', (set) => byType(engine.published, ['message', 'room_update', 'custom'], set));
    metrics.countOf('chatapi_publish_duplicates_total', () => engine.duplicates);
    metrics.countsOf('chatapi_notifications_delivered_total', (set) => byType(meter.written, ['message', 'room_update', 'client_status', 'custom'], set));
    metrics.countOf('chatapi_notifications_replayed_total', () => meter.replayed);
    metrics.countOf('chatapi_notifications_repeated_total', () => meter.repeated);
    metrics.countsOf('chatapi_notifications_acknowledged_total', (set) => {
      set({ by: 'transport' }, meter.acknowledged.transport);
      set({ by: 'client' }, meter.acknowledged.client);
      set({ by: 'resumption' }, meter.acknowledged.resumption);
    });
    metrics.countsOf('chatapi_notifications_dropped_total', (set) => {
      set({ reason: 'overflow' }, counters.droppedByOverflow);
      set({ reason: 'expired' }, counters.droppedByAge);
    });
    metrics.histogramOf('chatapi_notification_write_latency_seconds', () => [[{}, meter.writeLatency]]);
    metrics.histogramOf('chatapi_notification_acknowledgement_latency_seconds', () => [
      [{ by: 'transport' }, meter.acknowledgementLatency.transport],
      [{ by: 'client' }, meter.acknowledgementLatency.client],
    ]);
    metrics.countOf('chatapi_acknowledgement_mismatches_total', () => counters.mismatchedPongs);
    metrics.countOf('chatapi_clients_unable_to_acknowledge_total', () => counters.cannotAcknowledge);
    metrics.countOf('chatapi_filter_failures_total', () => counters.failedAudiences);
    metrics.countOf('chatapi_queue_read_failures_total', () => counters.failedReads);
    metrics.histogramOf('chatapi_queue_size_notifications', async () => {
      await sweep.newest();
      return [[{}, sweep.queueSizes]];
    });
    metrics.histogramOf('chatapi_queue_size_at_connect_notifications', () => [[{}, meter.queueAtOpening]]);
    metrics.gaugeOf('chatapi_queue_size_max_notifications', async () => (await sweep.newest()).largestQueue);
    metrics.gaugeOf('chatapi_queue_limit_notifications', () => queueMaxPerClient);
    metrics.gaugeOf('chatapi_tail_cache_bytes', () => queue.tailCacheUsedBytes);
    metrics.gaugeOf('chatapi_tail_cache_limit_bytes', () => tailCacheBytes);
    metrics.countOf('chatapi_compressed_notifications_total', () => counters.compressedNotifications);
    metrics.countOf('chatapi_compression_input_bytes_total', () => counters.bytesBeforeCompression);
    metrics.countOf('chatapi_compression_output_bytes_total', () => counters.bytesAfterCompression);
  }
}

function byType(counts: Readonly<KindCounts>, types: readonly (keyof KindCounts)[], set: (labels: Record<string, string>, total: number) => void): void {
  for (const type of types) set({ type }, counts[type]);
}
