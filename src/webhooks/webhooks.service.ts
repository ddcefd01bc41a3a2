// Listens to what happens, queues webhooks of it, and has them sent.
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Settings, type WebhookType, webhookTypes } from '../config/index.js';
import { DeliveryEngine, type Outbox, type OutboxLimits } from '../engine/index.js';
import { ChatEvents, type Dropped, type StatusChanged } from '../events/index.js';
import { Clock, monotonicClock } from '../log/index.js';
import { SYSTEM_TENANT } from '../protocol/index.js';
import { DroppedBatches } from './dropped-batches.js';
import { PresenceAnnouncements } from './presence-announcements.js';
import { WebhookBacklog } from './webhook-backlog.js';
import { bannedEvent, droppedEvent, statusEvent, type WebhookEvent } from './webhook-event.js';
import { WebhookLog } from './webhook-log.js';
import { type WaitingWebhooks, WebhookMeter } from './webhook-meter.js';
import { WebhookQueue, type WebhookQueueOptions } from './webhook-queue.js';
import { WebhookSender } from './webhook-sender.interface.js';

/** How long the store remembers what was queued, ms: longer than it takes until another process has noticed the same. */
const REMEMBER_MS = 600_000;
/** Webhooks of a destination that nobody knows any more are kept for this time at least, ms. */
const KEPT_MS = 7 * 86_400_000;
/** Notifications that were dropped are looked at so many times an interval. */
const LOOKS_AN_INTERVAL = 10;

function queueOptions(settings: Settings): WebhookQueueOptions {
  return {
    concurrency: settings.webhookConcurrency,
    timeoutMs: settings.webhookTimeoutSeconds * 1000,
    maxAttempts: settings.webhookMaxAttempts,
    retryMs: settings.webhookRetrySeconds * 1000,
    baseMs: settings.webhookBackoffBaseSeconds * 1000,
    maxMs: settings.webhookBackoffMaxSeconds * 1000,
  };
}

/** Nothing here is done, and nothing listened to, without destinations. */
@Injectable()
export class WebhooksService implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly types: ReadonlySet<WebhookType>;
  private readonly dropped: DroppedBatches;
  private queues: readonly WebhookQueue[] = [];
  private backlog: WebhookBacklog | undefined;
  private announcements: PresenceAnnouncements | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(WebhookSender) private readonly sender: WebhookSender,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
    private readonly meter: WebhookMeter,
    private readonly settings: Settings,
  ) {
    this.types = webhookTypes(settings);
    this.dropped = new DroppedBatches(settings.webhookDroppedIntervalSeconds * 1000, settings.webhookQueueMax, monotonicClock, {
      complete: (batch) => this.queue(droppedEvent(batch, this.clock.now())),
      overflowed: () => this.meter.lost.not_stored++,
    });
  }

  /** @throws Error when the engine keeps nothing of the kind */
  async onModuleInit(): Promise<void> {
    const { destinations } = this.sender;
    if (destinations.length === 0) return;
    const { outbox, presenceJournal } = this.engine;
    if (outbox === undefined) throw new Error('Webhooks need an engine with an outbox, which this one has not: leave WEBHOOK_URLS out, or give the engine one (docs/extending.md).');
    this.start(outbox, destinations);
    if (presenceJournal !== undefined && this.tellsPresence) {
      this.announcements = new PresenceAnnouncements(presenceJournal, {
        found: (change) => this.statusChanged(change),
        failed: (error) => this.logger.warn({ msg: 'the journal of presence does not answer, trying again', err: error }),
      });
      await this.announcements.start();
    }
    this.listen();
  }

  onApplicationBootstrap(): void {
    this.announcements?.look();
    for (const queue of this.queues) queue.wake();
  }

  /** What has happened up to now is queued; attempts have SHUTDOWN_DRAIN_SECONDS to end. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.announcements?.stop();
    this.dropped.flush();
    await this.backlog?.stop();
    await Promise.all(this.queues.map((queue) => queue.stop(this.settings.shutdownDrainSeconds * 1000)));
    if (this.queues.length > 0) await this.sender.close?.();
  }

  private start(outbox: Outbox, destinations: readonly string[]): void {
    const { clock, meter, settings } = this;
    const limits: OutboxLimits = { max: settings.webhookQueueMax, rememberMs: REMEMBER_MS, keepMs: Math.max(KEPT_MS, 2 * settings.webhookRetrySeconds * 1000) };
    this.queues = destinations.map((destination) => {
      const log = new WebhookLog(destination, this.logger, monotonicClock);
      return new WebhookQueue(destination, outbox, this.sender, queueOptions(settings), clock, meter, log, Math.random);
    });
    this.backlog = new WebhookBacklog(outbox, destinations, limits, clock, meter, {
      stored: (events) => {
        for (const queue of this.queues) queue.wake();
        void this.announcements?.settled(events);
      },
      dropped: (event) => this.announcements?.forget(event),
      failed: (error) => this.logger.warn({ msg: 'webhooks not stored, trying again', err: error }),
    });
    meter.watch(() => this.waiting(outbox, destinations));
  }

  private listen(): void {
    const { events, types, clock } = this;
    if (this.tellsPresence) {
      events.on('statusChanged', (changes) => this.attempt(() => changes.forEach((change) => this.statusChanged(change))));
    }
    if (types.has('client.banned')) events.on('banned', (ban) => this.attempt(() => this.queue(bannedEvent(ban, clock.now()))));
    if (!types.has('notification.dropped')) return;
    events.on('dropped', (dropped) => this.attempt(() => this.droppedFrom(dropped)));
    this.timer = setInterval(() => this.attempt(() => this.dropped.tick()), (this.settings.webhookDroppedIntervalSeconds * 1000) / LOOKS_AN_INTERVAL);
    this.timer.unref();
  }

  private statusChanged(change: StatusChanged): void {
    const event = statusEvent(change, this.clock.now());
    if (event === undefined || this.announcements?.isUnderWay(event)) return;
    this.announcements?.begun(event);
    if (this.types.has(event.type)) this.queue(event);
    else void this.announcements?.settled([event]);
  }

  private get tellsPresence(): boolean {
    return this.types.has('client.online') || this.types.has('client.offline');
  }

  /** All of one device. */
  private droppedFrom([first, ...others]: readonly Dropped[]): void {
    if (first !== undefined && first.tenant !== SYSTEM_TENANT) this.dropped.add([first, ...others]);
  }

  private queue(event: WebhookEvent): void {
    this.backlog?.add(event);
  }

  private async waiting(outbox: Outbox, destinations: readonly string[]): Promise<WaitingWebhooks> {
    const states = await Promise.all(destinations.map((destination) => outbox.inspect(destination)));
    const now = this.clock.now();
    return {
      size: states.reduce((sum, { size }) => sum + size, 0),
      oldestAgeMs: Math.max(0, ...states.map(({ oldestAt }) => (oldestAt === undefined ? 0 : now - oldestAt))),
    };
  }

  /** What goes wrong here is nobody's who emits. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error({ msg: 'no webhook was made of an event', err: error });
    }
  }
}
