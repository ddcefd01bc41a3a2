// The engine over Redis: everything is kept there, and nothing in the process.
import type { Clock, OpenedQueue, QueueOwner } from '../../log/index.js';
import type { DeliveryEngine, FeedListener, PresenceListener, StoredPresence } from '../delivery-engine.interface.js';
import type { Answer, Args } from '../engine-call.js';
import { type CountsFeed, createFeedCounters } from '../feed-counters.js';
import { AccessStore, CHANGE_ACCESS, FORGET, READ_ACCESS } from './access-store.js';
import { FeedReconciliation } from './feed-reconciliation.js';
import { LiveFeed } from './live-feed.js';
import * as logScripts from './log-scripts.js';
import { LogStore } from './log-store.js';
import { MasterWatch } from './master-watch.js';
import { BURY, NodeLease, RENEW, RENEW_INTERVAL_MS } from './node-lease.js';
import { RedisNodeBus } from './node-bus.js';
import { PresenceFeed } from './presence-feed.js';
import { ADD_MESSAGES, CLAIM_MESSAGES, INSPECT_MESSAGES, POSTPONE_MESSAGE, REMOVE_MESSAGES } from './outbox-scripts.js';
import * as presenceScripts from './presence-scripts.js';
import { PresenceStore } from './presence-store.js';
import { QueueStore } from './queue-store.js';
import { RedisAccess } from './redis-access.js';
import { RedisConnectionPlaces, SAY_PLACES } from './redis-connection-places.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisEngineOptions, Retention } from './redis-engine.options.js';
import { RedisKeys } from './redis-keys.js';
import { SilentLineError } from './redis-line.js';
import { RedisOutbox } from './redis-outbox.js';
import { RedisPresenceJournal } from './redis-presence-journal.js';
import { RedisRateLimits, TAKE } from './redis-rate-limits.js';
import { requireSuitable } from './redis-requirements.js';
import { RedisSubscriber } from './redis-subscriber.js';
import { READ_NUMBER } from './script-parts.js';
import { StoreBeginning } from './store-beginning.js';
import { ANNOUNCE, RoomStore } from './room-store.js';
import { Topology } from './topology.js';

const SCRIPTS = [...Object.values(logScripts), ...Object.values(presenceScripts), ADD_MESSAGES, ANNOUNCE, BURY, CHANGE_ACCESS, CLAIM_MESSAGES, FORGET, INSPECT_MESSAGES, POSTPONE_MESSAGE, READ_ACCESS, READ_NUMBER, REMOVE_MESSAGES, RENEW, SAY_PLACES, TAKE];

/** All places of connections are said again once in this time, ms. */
const PLACES_ROUND_MS = 900_000;
/** When other processes know for sure that this one lives, ms. */
const KNOWN_AFTER_MS = 2 * RENEW_INTERVAL_MS;

/**
 * Redis 7 or Valkey 8: a log is one hash slot, and every change of it one script. Any number of processes share a store; the live
 * feed of each brings what all of them write.
 */
export class RedisEngine implements DeliveryEngine, CountsFeed {
  readonly feedCounters = createFeedCounters();
  readonly nodes: RedisNodeBus;
  readonly rateLimits: RedisRateLimits;
  readonly connectionPlaces: RedisConnectionPlaces | undefined;
  readonly outbox: RedisOutbox;
  readonly presenceJournal: RedisPresenceJournal;
  private readonly topology: Topology;
  private readonly redis: RedisConnection;
  private readonly subscriber: RedisSubscriber;
  private readonly reconciliation: FeedReconciliation;
  private readonly placesRound: FeedReconciliation;
  private readonly lease: NodeLease;
  private readonly masters: MasterWatch;
  private readonly beginning: StoreBeginning;
  private readonly logs: LogStore;
  private readonly rooms: RoomStore;
  private readonly queues: QueueStore;
  private readonly presence: PresenceStore;
  private readonly presenceFeed: PresenceFeed;
  private readonly access: AccessStore;
  private listener: FeedListener = () => undefined;
  private presenceListener: PresenceListener | undefined;

  constructor(options: RedisEngineOptions, clock: Clock, onError: (error: Error) => void = () => undefined) {
    const retention: Retention = {
      max: options.queueMaxPerClient,
      ttlMs: options.queueTtlSeconds * 1000,
      idempotencyTtlMs: options.idempotencyTtlSeconds * 1000,
    };
    const { presenceMaxRoomSize, rateLimitWindowSeconds, connectionLimit, onTime = () => undefined } = options;
    const keys = new RedisKeys(options.prefix);
    const access = new RedisAccess(options.url, options.tls);
    const failed = (error: Error): void => {
      this.feedCounters.lineErrors++;
      if (error instanceof SilentLineError) this.feedCounters.linesReplaced++;
      onError(error);
    };
    this.topology = new Topology(access, failed);
    this.redis = new RedisConnection(access, this.topology, failed, options.replication);
    this.subscriber = new RedisSubscriber(access, this.topology, () => this.reconciliation.all(), failed);
    this.lease = new NodeLease(this.redis, keys, { time: onTime, orphaned: () => this.presenceListener?.orphaned(), forgotten: () => this.forgotten() });
    this.masters = new MasterWatch(this.redis, () => this.forgotten());
    this.nodes = new RedisNodeBus(this.redis, this.subscriber, keys, this.lease);
    this.outbox = new RedisOutbox(this.redis, keys);
    this.presenceJournal = new RedisPresenceJournal(this.redis, keys);
    this.rateLimits = new RedisRateLimits(this.redis, keys, rateLimitWindowSeconds * 1000);
    this.connectionPlaces = connectionLimit && new RedisConnectionPlaces(this.redis, keys, this.lease, this.nodes, connectionLimit, () => clock.now());
    this.placesRound = new FeedReconciliation(this.connectionPlaces === undefined ? [] : [this.connectionPlaces.everybody], PLACES_ROUND_MS);
    const feed = new LiveFeed(this.redis, this.subscriber, keys, this.feedCounters, (entries) => this.listener(entries));
    this.beginning = new StoreBeginning(this.redis, keys);
    this.logs = new LogStore(this.redis, keys, retention, clock, feed, this.beginning);
    this.rooms = new RoomStore(this.redis, keys, retention, () => this.logs.cutoff, feed, this.beginning);
    this.queues = new QueueStore(this.redis, keys, retention.max, this.logs, this.rooms, feed);
    const roomsToTell = (tenant: string, clientId: string): Promise<string[]> => this.presence.roomsToTell(tenant, clientId, presenceMaxRoomSize);
    const changed = (tenant: string, records: readonly StoredPresence[]): void => this.presenceListener?.changed(tenant, records);
    this.presenceFeed = new PresenceFeed(this.redis, this.subscriber, keys, roomsToTell, changed, this.feedCounters);
    this.presence = new PresenceStore(this.redis, keys, this.rooms, this.lease, this.presenceFeed, this.presenceJournal);
    this.access = new AccessStore(this.redis, this.subscriber, keys, this.feedCounters);
    this.reconciliation = new FeedReconciliation([feed, this.presenceFeed, this.access, ...(this.connectionPlaces === undefined ? [] : [this.connectionPlaces.doubtful])]);
  }

  async start(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      await this.disconnect();
      throw error;
    }
    await Promise.all([this.masters.start(), this.lease.start(), this.nodes.start(), this.access.start()]);
    this.reconciliation.start();
    this.placesRound.start();
    // What was not told Redis, or is lost there.
    this.redis.onReturn(() => this.placesRound.all());
  }

  async stop(): Promise<void> {
    this.reconciliation.stop();
    this.placesRound.stop();
    this.access.stop();
    this.masters.stop();
    // Without a line it ends by itself.
    await this.lease.release().catch(() => undefined);
    await this.disconnect();
  }

  listen(listener: FeedListener): void {
    this.listener = listener;
  }

  append(...args: Args<'append'>): Answer<'append'> {
    return this.logs.append(...args);
  }

  readLog(...args: Args<'readLog'>): Answer<'readLog'> {
    return this.logs.readLog(...args);
  }

  createRoom(...args: Args<'createRoom'>): Answer<'createRoom'> {
    return this.rooms.createRoom(...args);
  }

  getRoom(...args: Args<'getRoom'>): Answer<'getRoom'> {
    return this.rooms.getRoom(...args);
  }

  listRooms(...args: Args<'listRooms'>): Answer<'listRooms'> {
    return this.rooms.listRooms(...args);
  }

  updateRoom(...args: Args<'updateRoom'>): Answer<'updateRoom'> {
    return this.rooms.updateRoom(...args);
  }

  deleteRoom(...args: Args<'deleteRoom'>): Answer<'deleteRoom'> {
    return this.rooms.deleteRoom(...args);
  }

  changeMembers(...args: Args<'changeMembers'>): Answer<'changeMembers'> {
    return this.rooms.changeMembers(...args);
  }

  getMember(...args: Args<'getMember'>): Answer<'getMember'> {
    return this.rooms.getMember(...args);
  }

  listMembers(...args: Args<'listMembers'>): Answer<'listMembers'> {
    return this.rooms.listMembers(...args);
  }

  shareRoom(...args: Args<'shareRoom'>): Answer<'shareRoom'> {
    return this.rooms.shareRoom(...args);
  }

  async openQueue(owner: QueueOwner): Promise<OpenedQueue> {
    try {
      await this.presenceFeed.open(owner.tenant);
      return await this.queues.openQueue(owner);
    } catch (error) {
      this.presenceFeed.close(owner.tenant);
      throw error;
    }
  }

  closeQueue(owner: QueueOwner): void {
    this.presenceFeed.close(owner.tenant);
    this.queues.closeQueue(owner);
  }

  readQueue(...args: Args<'readQueue'>): Answer<'readQueue'> {
    return this.queues.readQueue(...args);
  }

  saveCursors(...args: Args<'saveCursors'>): Answer<'saveCursors'> {
    return this.queues.saveCursors(...args);
  }

  inspectQueue(...args: Args<'inspectQueue'>): Answer<'inspectQueue'> {
    return this.queues.inspectQueue(...args);
  }

  receipts(...args: Args<'receipts'>): Answer<'receipts'> {
    return this.queues.receipts(...args);
  }

  listenPresence(listener: PresenceListener): void {
    this.presenceListener = listener;
  }

  savePresence(...args: Args<'savePresence'>): Answer<'savePresence'> {
    return this.presence.savePresence(...args);
  }

  getPresence(...args: Args<'getPresence'>): Answer<'getPresence'> {
    return this.presence.getPresence(...args);
  }

  presenceChanges(...args: Args<'presenceChanges'>): Answer<'presenceChanges'> {
    return this.presence.presenceChanges(...args);
  }

  savePresencePosition(...args: Args<'savePresencePosition'>): Answer<'savePresencePosition'> {
    return this.presence.savePresencePosition(...args);
  }

  listPresent(): Answer<'listPresent'> {
    return this.presence.listPresent();
  }

  listenAccess(...args: Args<'listenAccess'>): Answer<'listenAccess'> {
    this.access.listenAccess(...args);
  }

  saveBan(...args: Args<'saveBan'>): Answer<'saveBan'> {
    return this.access.saveBan(...args);
  }

  deleteBan(...args: Args<'deleteBan'>): Answer<'deleteBan'> {
    return this.access.deleteBan(...args);
  }

  listBans(...args: Args<'listBans'>): Answer<'listBans'> {
    return this.access.listBans(...args);
  }

  saveRevocation(...args: Args<'saveRevocation'>): Answer<'saveRevocation'> {
    return this.access.saveRevocation(...args);
  }

  listRevocations(...args: Args<'listRevocations'>): Answer<'listRevocations'> {
    return this.access.listRevocations(...args);
  }

  /** Others have taken this process for dead, and its connections for gone, or another server writes, which may lack what it said of them. */
  private forgotten(): void {
    this.presenceListener?.forgotten();
    setTimeout(() => this.placesRound.all(), KNOWN_AFTER_MS).unref();
  }

  private async connect(): Promise<void> {
    await this.topology.open();
    await this.redis.open(SCRIPTS);
    await this.subscriber.open();
    requireSuitable(await this.redis.info());
    await this.beginning.read();
  }

  private async disconnect(): Promise<void> {
    this.topology.close();
    await this.redis.close();
    await this.subscriber.close();
  }
}
