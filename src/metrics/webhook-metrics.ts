// Webhooks: what is queued, what becomes of it, what waits.
import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { WebhookMeter, WebhookSender } from '../webhooks/index.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Reads what webhooks have counted. */
@Injectable()
export class WebhookMetrics {
  constructor(metrics: MetricsRegistry, meter: WebhookMeter, @Inject(WebhookSender) { destinations }: WebhookSender, { webhookQueueMax }: Settings) {
    metrics.countsOf('chatapi_webhooks_queued_total', (set) => each(meter.queued, (type, total) => set({ type }, total)));
    metrics.countsOf('chatapi_webhook_attempts_total', (set) => each(meter.attempts, (outcome, total) => set({ outcome }, total)));
    metrics.countOf('chatapi_webhook_retries_total', () => meter.retries);
    metrics.countsOf('chatapi_webhooks_dropped_total', (set) => each(meter.lost, (reason, total) => set({ reason }, total)));
    metrics.histogramOf('chatapi_webhook_duration_seconds', () => [[{}, meter.duration]]);
    metrics.histogramOf('chatapi_webhook_delay_seconds', () => [[{}, meter.delay]]);
    metrics.gaugeOf('chatapi_webhook_queue_size', async () => (await meter.inspect()).size);
    metrics.gaugeOf('chatapi_webhook_oldest_age_seconds', async () => (await meter.inspect()).oldestAgeMs / 1000);
    metrics.gaugeOf('chatapi_webhook_queue_limit', () => destinations.length * webhookQueueMax);
  }
}

function each(totals: Readonly<Record<string, number>>, tell: (name: string, total: number) => void): void {
  for (const [name, total] of Object.entries(totals)) tell(name, total);
}
