// Limits that clients reach, who may not come in, and requests that fail.
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { ChatEvents } from '../events/index.js';
import { PresenceService } from '../presence/index.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts what the events tell. */
@Injectable()
export class LimitMetrics implements OnApplicationBootstrap {
  private readonly limited: Counter;
  private readonly invalid: Counter;
  private readonly bans: Counter;
  private readonly lifted: Counter;
  private readonly refreshes: Counter;
  private readonly revocations: Counter;
  private readonly failedRequests: Counter;
  private readonly totals = { rateLimited: 0, bans: 0 };

  constructor(
    metrics: MetricsRegistry,
    private readonly events: ChatEvents,
    presence: PresenceService,
  ) {
    this.limited = metrics.counter('chatapi_rate_limited_total');
    this.invalid = metrics.counter('chatapi_invalid_frames_total');
    this.bans = metrics.counter('chatapi_bans_total');
    this.lifted = metrics.counter('chatapi_bans_lifted_total');
    this.refreshes = metrics.counter('chatapi_token_refreshes_total');
    this.revocations = metrics.counter('chatapi_token_revocations_total');
    this.failedRequests = metrics.counter('chatapi_http_errors_total');
    metrics.countOf('chatapi_presence_rooms_skipped_total', () => presence.roomsSkipped);
  }

  /** How many there were since the start. */
  get counts(): Readonly<{ rateLimited: number; bans: number }> {
    return this.totals;
  }

  onApplicationBootstrap(): void {
    const { events } = this;
    events.on('rateLimited', ({ kind, via, outcome, count }) => {
      this.totals.rateLimited += count;
      this.limited.inc({ kind, via, outcome }, count);
    });
    events.on('invalidFrame', () => this.invalid.inc());
    events.on('banned', ({ by }) => {
      this.totals.bans++;
      this.bans.inc({ origin: by === undefined ? 'automatic' : 'administrator' });
    });
    events.on('banLifted', () => this.lifted.inc());
    events.on('tokenRefreshed', () => this.refreshes.inc());
    events.on('tokenRevoked', () => this.revocations.inc());
    events.on('requestFailed', ({ status, code }) => this.failedRequests.inc({ status, code }));
  }
}
