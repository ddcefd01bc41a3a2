// What the log says of webhooks: that a destination begins to fail and that it is well again, not each attempt; and each webhook that is given up.
import type { Logger } from '@nestjs/common';
import type { ClaimedMessage } from '../engine/index.js';
import type { Clock } from '../log/index.js';
import { typeOf } from './webhook-event.js';
import type { WebhookLoss } from './webhook-meter.js';
import type { WebhookQueueListener } from './webhook-queue.js';
import type { WebhookOutcome } from './webhook-sender.interface.js';

/** A destination that goes on failing is named again after this time, ms. */
const REPEATED_MS = 60_000;

/** The lines about one destination. None holds a URL's path, a secret, or what is in a webhook. */
export class WebhookLog implements WebhookQueueListener {
  private saidAt: number | undefined;
  private storeSaidAt = -Infinity;
  private failures = 0;

  constructor(
    private readonly destination: string,
    private readonly logger: Logger,
    /** Only intervals are measured with it: best a monotonic one. */
    private readonly clock: Clock,
  ) {}

  failed({ id, attempt }: ClaimedMessage, { detail }: Exclude<WebhookOutcome, { kind: 'delivered' }>): void {
    this.failures++;
    const now = this.clock.now();
    if (this.saidAt !== undefined && now - this.saidAt < REPEATED_MS) return;
    this.saidAt = now;
    this.logger.warn({ msg: 'webhooks fail', destination: this.destination, detail, webhook_id: id, attempt, failures: this.failures });
  }

  delivered({ id, attempt }: ClaimedMessage): void {
    if (this.saidAt === undefined) return;
    this.logger.log({ msg: 'webhooks are delivered again', destination: this.destination, webhook_id: id, attempt, failures: this.failures });
    this.saidAt = undefined;
    this.failures = 0;
  }

  givenUp({ id, attempt, body, addedAt }: ClaimedMessage, why: WebhookLoss, detail: string | undefined): void {
    const queued = new Date(addedAt).toISOString();
    this.logger.error({ msg: 'webhook given up', destination: this.destination, webhook_id: id, type: typeOf(body), why, attempt, queued, ...(detail !== undefined && { detail }) });
  }

  storeFailed(error: unknown): void {
    const now = this.clock.now();
    if (now - this.storeSaidAt < REPEATED_MS) return;
    this.storeSaidAt = now;
    this.logger.warn({ msg: 'webhooks wait for the store', destination: this.destination, err: error });
  }
}
