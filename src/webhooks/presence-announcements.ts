// Sees to it that every coming and going of clients is queued, whatever process dies between storing and queueing it.
import type { PendingPresence, PresenceJournal } from '../engine/index.js';
import type { StatusChanged } from '../events/index.js';
import type { WebhookEvent } from './webhook-event.js';

/** How often what others have left behind is looked for, ms. */
const LOOK_MS = 15_000;
/** Changes that are looked for at once. */
const LOOKED_FOR_AT_ONCE = 256;

/** What is left behind, and what goes wrong. */
export interface AnnouncementListener {
  /** A change that was stored and, as far as this process knows, not queued. */
  found(change: StatusChanged): void;
  failed(error: unknown): void;
}

/** What the journal says of a client is told as it is now: whether it came or went is all that was noted. */
function toChange({ tenant, clientId, status, lastSeen, position }: PendingPresence): StatusChanged {
  return { tenant, clientId, status, previous: status === 'offline' ? 'online' : 'offline', lastSeen, position };
}

/** Settles what is queued, and finds what was not. */
export class PresenceAnnouncements {
  /** Changes that are on their way into the queue here: they need not be found. */
  private readonly underWay = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly journal: PresenceJournal,
    private readonly listener: AnnouncementListener,
  ) {}

  async start(): Promise<void> {
    await this.journal.keep();
  }

  /** Looks for what was left behind, and again from time to time. */
  look(): void {
    this.looking = this.find().catch((error: unknown) => this.listener.failed(error));
    void this.looking.then(() => (this.timer = setTimeout(() => this.look(), LOOK_MS).unref()));
  }

  async stop(): Promise<void> {
    await this.looking;
    clearTimeout(this.timer);
  }

  /** A change is on its way into the queue. */
  begun({ id }: WebhookEvent): void {
    this.underWay.add(id);
  }

  /** Events are queued, or need not be. What is not settled because the store fails is found again, and queued once. */
  async settled(events: readonly WebhookEvent[]): Promise<void> {
    const changes = events.flatMap(({ settles }) => (settles === undefined ? [] : [settles]));
    try {
      for (const tenant of new Set(changes.map((change) => change.tenant))) {
        await this.journal.settle(tenant, changes.filter((change) => change.tenant === tenant));
      }
    } catch (error) {
      this.listener.failed(error);
    } finally {
      for (const { id } of events) this.underWay.delete(id);
    }
  }

  /** A change did not get into the queue: it is to be found again. */
  forget({ id }: WebhookEvent): void {
    this.underWay.delete(id);
  }

  /** Whether a change is on its way already. */
  isUnderWay({ id }: WebhookEvent): boolean {
    return this.underWay.has(id);
  }

  private async find(): Promise<void> {
    for (const pending of await this.journal.pending(LOOKED_FOR_AT_ONCE)) this.listener.found(toChange(pending));
  }
}
