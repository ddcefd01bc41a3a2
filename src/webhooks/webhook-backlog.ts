// Webhooks on their way into the store: they wait here while it is busy or away.
import type { Outbox, OutboxLimits } from '../engine/index.js';
import type { Clock } from '../log/index.js';
import type { WebhookEvent } from './webhook-event.js';
import type { WebhookMeter } from './webhook-meter.js';

/** Webhooks that are stored in one call. */
const STORED_AT_ONCE = 256;
/** The wait before a store that has failed is asked again, ms. */
const AGAIN_MS = 1_000;

/** What becomes of webhooks. */
export interface BacklogListener {
  /** These are in the store, to be sent. */
  stored(events: readonly WebhookEvent[]): void;
  /** There were too many in memory for this one. */
  dropped(event: WebhookEvent): void;
  /** The store has failed; it is tried again. */
  failed(error: unknown): void;
}

/** Keeps their order, stores each at every destination, and again until that has succeeded. Bounded: past {@link OutboxLimits.max} the oldest go first. */
export class WebhookBacklog {
  private readonly waiting: WebhookEvent[] = [];
  private storing: Promise<void> | undefined;
  private isStopped = false;
  private cancelWait: (() => void) | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly destinations: readonly string[],
    private readonly limits: OutboxLimits,
    private readonly clock: Clock,
    private readonly meter: WebhookMeter,
    private readonly listener: BacklogListener,
  ) {}

  /** Stores a webhook, with all others of this turn of the event loop. */
  add(event: WebhookEvent): void {
    const oldest = this.waiting.length >= this.limits.max ? this.waiting.shift() : undefined;
    this.waiting.push(event);
    if (oldest !== undefined) {
      this.meter.lost.not_stored++;
      this.listener.dropped(oldest);
    }
    this.storing ??= Promise.resolve().then(() => this.storeAll());
  }

  /** Tries once more to store what waits, and gives the rest up. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelWait?.();
    await this.storing;
    this.meter.lost.not_stored += this.waiting.length;
  }

  private async storeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const events = this.waiting.slice(0, STORED_AT_ONCE);
      try {
        await this.store(events);
      } catch (error) {
        this.listener.failed(error);
        if (this.isStopped) break;
        await this.wait();
      }
    }
    this.storing = undefined;
  }

  private async store(events: readonly WebhookEvent[]): Promise<void> {
    const now = this.clock.now();
    const outcomes = await Promise.all(this.destinations.map((destination) => this.outbox.add(destination, events, this.limits, now)));
    // Some may have gone meanwhile, since there were too many.
    const stored = new Set(events);
    while (this.waiting.length > 0 && stored.has(this.waiting[0])) this.waiting.shift();
    for (const { type } of events) this.meter.queued[type]++;
    for (const { dropped } of outcomes) this.meter.lost.queue_full += dropped;
    this.listener.stored(events);
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS).unref();
      this.cancelWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
