// Who is online, away or offline: state beside the logs, told once to each co-member.
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../config/index.js';
import type { Connection } from '../connections/index.js';
import { DeliveryEvents, DeliveryQueue } from '../delivery/index.js';
import { DeliveryEngine, type PresenceRecord, type SavedPresence } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock, logKey, type DeliveryStream } from '../log/index.js';
import type { PresenceStatus } from '../protocol/index.js';
import { ClientPresence } from './client-presence.js';
import { StatusBroadcast } from './status-broadcast.js';
import { StatusFrames } from './status-frame.js';

/** Statuses that are stored in one call. */
const SAVED_AT_ONCE = 256;
/** Changes within this time are told together, ms. */
const COALESCE_MS = 50;
/** The wait before the store is asked again for whom to answer, when it could not tell, ms. */
const TAKE_OVER_AGAIN_MS = 1_000;

/**
 * Keeps presence: counts connections, waits out the grace time, stores and tells what changed.
 *
 * @publicApi
 */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Presence');
  private readonly clients = new Map<string, ClientPresence>();
  private readonly changed = new Set<ClientPresence>();
  private skipped = 0;
  private readonly graceMs: number;
  private readonly frames = new StatusFrames();
  private readonly broadcast: StatusBroadcast;
  private untold: DeliveryStream[] = [];
  /** Streams for which it is being read what they missed. */
  private readonly beingTold = new Set<DeliveryStream>();
  /** Whether it is to be asked for whom to answer, once more; undefined while nobody asks. */
  private othersWanted: boolean | undefined;
  private isOver = false;
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Clock) private readonly clock: Clock,
    private readonly settings: Settings,
    delivery: DeliveryQueue,
    events: DeliveryEvents,
    private readonly chatEvents: ChatEvents,
  ) {
    this.graceMs = settings.presenceGraceSeconds * 1000;
    this.broadcast = new StatusBroadcast(delivery, this.frames);
    events.on('presenceMissed', (stream) => this.missed(stream));
    engine.listenPresence({
      changed: (tenant, records) => this.broadcast.send(tenant, records),
      orphaned: () => void this.answerForOthers(),
      forgotten: () => {
        this.sayAgain();
        void this.answerForOthers();
      },
    });
  }

  /** How often a room was not told of a status that has changed, because it has more than `PRESENCE_MAX_ROOM_SIZE` members. */
  get roomsSkipped(): number {
    return this.skipped;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.takeOver((client, status) => (client.published = status));
    this.timer = setInterval(() => this.tick(), COALESCE_MS);
    this.timer.unref();
  }

  /** The store says of clients for whom nobody answers that they are here, or may do so. */
  private async answerForOthers(): Promise<void> {
    const isBusy = this.othersWanted !== undefined;
    this.othersWanted = true;
    if (isBusy) return;
    while (this.othersWanted && !this.isOver) {
      this.othersWanted = false;
      try {
        // It was read a moment ago: something else may have been stored since. And what the one that died said may stand above what was said here.
        await this.takeOver((client, status) => client.published !== status && client.doubt());
      } catch (error) {
        this.logger.error({ msg: 'clients for whom nobody answers not taken over, trying again', err: error });
        this.othersWanted = true;
        await delay(TAKE_OVER_AGAIN_MS, undefined, { ref: false });
      }
    }
    this.othersWanted = undefined;
  }

  /**
   * Whoever was connected when a process ended, or has left without the store knowing it any more, has the grace time to come back.
   *
   * @param found given each with the status that the store had
   */
  private async takeOver(found: (client: ClientPresence, status: PresenceStatus) => void): Promise<void> {
    for (const { tenant, record } of await this.engine.listPresent()) {
      const client = this.ensure(tenant, record.clientId);
      if (client.published === 'offline' && !client.connected) client.leftAt = this.clock.now();
      found(client, record.status);
      this.changed.add(client);
    }
  }

  /** The store may know nothing of what was said. */
  private sayAgain(): void {
    for (const client of this.clients.values()) {
      client.doubt();
      this.changed.add(client);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isOver = true;
    clearInterval(this.timer);
    await this.telling;
  }

  /** A connection is open, and its queue is being delivered. */
  connected(connection: Connection): void {
    const client = this.ensure(connection.principal.tenant, connection.principal.clientId);
    client.set(connection.id, 'online');
    this.changed.add(client);
    const { stream } = connection;
    if (stream === undefined || !this.isTold(stream)) return;
    stream.missPresence();
    this.missed(stream);
  }

  /** A connection has ended. */
  disconnected(connection: Connection): void {
    const client = this.clients.get(logKey(connection.principal.tenant, connection.principal.clientId));
    if (client === undefined) return;
    client.remove(connection.id, this.clock.now());
    this.changed.add(client);
  }

  /** A connection's client says how it is. It is away when all its connections are. */
  setStatus(connection: Connection, status: 'online' | 'away'): void {
    const client = this.ensure(connection.principal.tenant, connection.principal.clientId);
    client.set(connection.id, status);
    this.changed.add(client);
  }

  /** Whether anybody can have changed whose status a stream is told. */
  private isTold(stream: DeliveryStream): boolean {
    for (const { feed } of stream.subscriptions.values()) {
      if (feed !== undefined && feed.memberCount > 1 && feed.memberCount <= this.settings.presenceMaxRoomSize) return true;
    }
    return false;
  }

  /** Looks for statuses that have changed for good. */
  private tick(): void {
    const now = this.clock.now();
    const due: ClientPresence[] = [];
    for (const client of this.changed) {
      // It is looked at again when that is done.
      const status = client.isBeingTold ? undefined : this.settledStatus(client, now);
      if (status === undefined) continue;
      this.changed.delete(client);
      if (status !== client.published) due.push(client);
      else if (status === 'offline') this.clients.delete(logKey(client.tenant, client.clientId));
    }
    for (let i = 0; i < due.length; i += SAVED_AT_ONCE) {
      const slice = due.slice(i, i + SAVED_AT_ONCE);
      for (const client of slice) client.isBeingTold = true;
      this.telling = this.telling.then(() => this.tell(slice)).catch((error: unknown) => this.retry(slice, error)).then(() => this.told(slice));
    }
    const { untold } = this;
    this.untold = [];
    for (const stream of untold) this.missed(stream);
  }

  /** Undefined for a client that is gone and has time to come back: it was never offline if it does. */
  private settledStatus(client: ClientPresence, now: number): PresenceStatus | undefined {
    return client.connected || now - client.leftAt >= this.graceMs ? client.status : undefined;
  }

  private async tell(clients: readonly ClientPresence[]): Promise<void> {
    const now = this.clock.now();
    for (const tenant of new Set(clients.map((client) => client.tenant))) {
      const changed = clients.filter(
        (client) => client.tenant === tenant && (this.settledStatus(client, now) ?? client.published) !== client.published,
      );
      const records = changed.map((client) => ({ clientId: client.clientId, status: client.status, lastSeen: client.connected ? now : client.leftAt }));
      const doubts = changed.map((client) => client.doubts);
      const saved = await this.engine.savePresence(tenant, records, this.settings.presenceMaxRoomSize);
      changed.forEach((client, i) => (client.published = doubts[i] === client.doubts ? records[i].status : undefined));
      this.announce(tenant, saved);
    }
  }

  private announce(tenant: string, saved: readonly SavedPresence[]): void {
    const changed = saved.filter(({ status, previous }) => status !== previous);
    this.skipped += changed.reduce((sum, { roomsTooLarge }) => sum + roomsTooLarge, 0);
    if (changed.length === 0 || !this.chatEvents.wanted('statusChanged')) return;
    this.chatEvents.emit('statusChanged', changed.map(({ clientId, status, previous, lastSeen, position }) => ({ tenant, clientId, status, previous, lastSeen, position })));
  }

  private retry(clients: readonly ClientPresence[], error: unknown): void {
    this.logger.error({ msg: 'presence not stored, trying again', err: error });
    // It may have been stored all the same: also that one is offline has to be said then.
    for (const client of clients) client.doubt();
  }

  private told(clients: readonly ClientPresence[]): void {
    for (const client of clients) {
      client.isBeingTold = false;
      this.changed.add(client);
    }
  }

  /** A stream has missed something. If it waits it is told when it goes on. */
  private missed(stream: DeliveryStream): void {
    if (stream.state === 'flowing' && !this.beingTold.has(stream)) void this.tellMissed(stream);
  }

  /** Tells a stream what changed since it was last told, until nothing was missed meanwhile. */
  private async tellMissed(stream: DeliveryStream): Promise<void> {
    this.beingTold.add(stream);
    const { tenant, clientId } = stream.owner;
    try {
      let misses: number;
      do {
        misses = stream.presenceMisses;
        const told = stream.presence.sentSeq;
        const records = await this.engine.presenceChanges(tenant, clientId, told, this.settings.presenceMaxRoomSize);
        this.write(stream, records, told === 0);
      } while (stream.state === 'flowing' && misses !== stream.presenceMisses);
      if (stream.state === 'flowing') stream.presenceMissed = false;
    } catch (error) {
      this.logger.error({ msg: 'presence changes not read, trying again', err: error });
      if (stream.state !== 'closed') this.untold.push(stream);
    } finally {
      this.beingTold.delete(stream);
    }
  }

  /** Whoever was never told anything takes everybody to be offline. */
  private write(stream: DeliveryStream, records: readonly PresenceRecord[], neverTold: boolean): void {
    const news = records.filter(({ status }) => !neverTold || status !== 'offline');
    stream.deliverStatuses(news.map((record) => ({ frame: this.frames.of(stream.owner.tenant, record), position: record.position })));
    const last = records.at(-1);
    if (last !== undefined && stream.state === 'flowing') stream.skip(stream.presence, last.position);
  }

  private ensure(tenant: string, clientId: string): ClientPresence {
    const key = logKey(tenant, clientId);
    let client = this.clients.get(key);
    if (client === undefined) {
      client = new ClientPresence(tenant, clientId);
      this.clients.set(key, client);
    }
    return client;
  }
}
