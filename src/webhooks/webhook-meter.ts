// What webhooks count, for whoever watches them.
import { Injectable } from '@nestjs/common';
import { WEBHOOK_TYPES, type WebhookType } from '../config/index.js';
import { Histogram, LATENCY_BOUNDS } from '../log/index.js';
import type { WebhookFailure } from './webhook-sender.interface.js';

/** How an attempt ended. */
export type AttemptOutcome = 'delivered' | 'gone' | WebhookFailure;

/** Why a webhook was not delivered: the queue or the memory for those that it has not taken was full, its time or its attempts were over, or the receiver was gone. */
export type WebhookLoss = 'queue_full' | 'not_stored' | 'expired' | 'attempts' | 'gone';

/** What waits, at all processes together. */
export interface WaitingWebhooks {
  readonly size: number;
  /** 0 when nothing waits. */
  readonly oldestAgeMs: number;
}

/** How long webhooks wait, seconds. */
export const WEBHOOK_DELAY_BOUNDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400];

/** Totals since the start. */
@Injectable()
export class WebhookMeter {
  /** Facts that were queued, however many URLs they go to. */
  readonly queued: Record<WebhookType, number> = Object.fromEntries(WEBHOOK_TYPES.map((type) => [type, 0])) as Record<WebhookType, number>;
  readonly attempts: Record<AttemptOutcome, number> = { delivered: 0, gone: 0, status: 0, timeout: 0, unreachable: 0, address: 0, other: 0 };
  /** Attempts that failed and are made again. */
  retries = 0;
  readonly lost: Record<WebhookLoss, number> = { queue_full: 0, not_stored: 0, expired: 0, attempts: 0, gone: 0 };
  /** Seconds that attempts took, whatever their outcome. */
  readonly duration = new Histogram(LATENCY_BOUNDS);
  /** Seconds from being queued to being delivered. */
  readonly delay = new Histogram(WEBHOOK_DELAY_BOUNDS);
  private readonly waiting = { size: 0, oldestAgeMs: 0 };
  private look: (() => Promise<WaitingWebhooks>) | undefined;

  /** Sets what looks into the queues. */
  watch(look: () => Promise<WaitingWebhooks>): void {
    this.look = look;
  }

  /** What waits; what was last seen while the store does not answer. */
  async inspect(): Promise<WaitingWebhooks> {
    try {
      if (this.look !== undefined) Object.assign(this.waiting, await this.look());
    } catch {
      // The store's own metrics say that it fails.
    }
    return this.waiting;
  }
}
