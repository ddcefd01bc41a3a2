// The engine over Redis: everything is kept there, and nothing in the process.
import type { Clock } from '../../log/index.js';
import type { DeliveryEngine, FeedListener } from '../delivery-engine.interface.js';
import { AccessStore } from './access-store.js';
import { FeedReconciliation } from './feed-reconciliation.js';
import { LiveFeed } from './live-feed.js';
import * as logScripts from './log-scripts.js';
import { LogStore } from './log-store.js';
import { PresenceStore } from './presence-store.js';
import { QueueStore } from './queue-store.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisEngineOptions, Retention } from './redis-engine.options.js';
import { RedisKeys } from './redis-keys.js';
import { RedisSubscriber } from './redis-subscriber.js';
import { ANNOUNCE, RoomStore } from './room-store.js';

type Args<K extends keyof DeliveryEngine> = Parameters<DeliveryEngine[K]>;
type Answer<K extends keyof DeliveryEngine> = ReturnType<DeliveryEngine[K]>;

/**
 * Redis 7 or Valkey 8: a log is one hash slot, and every change of it one script. Any number of processes share a store; the live
 * feed of each brings what all of them write.
 */
export class RedisEngine implements DeliveryEngine {
  private readonly redis: RedisConnection;
  private readonly subscriber: RedisSubscriber;
  private readonly reconciliation: FeedReconciliation;
  private readonly logs: LogStore;
  private readonly rooms: RoomStore;
  private readonly queues: QueueStore;
  private readonly presence: PresenceStore;
  private readonly access: AccessStore;
  private listener: FeedListener = () => undefined;

  constructor(options: RedisEngineOptions, clock: Clock, onError: (error: Error) => void = () => undefined) {
    const retention: Retention = {
      max: options.queueMaxPerClient,
      ttlMs: options.queueTtlSeconds * 1000,
      idempotencyTtlMs: options.idempotencyTtlSeconds * 1000,
    };
    const keys = new RedisKeys(options.prefix);
    this.redis = new RedisConnection(options.url, onError);
    const published = (channel: string, message: string): void => feed.published(channel, message);
    this.subscriber = new RedisSubscriber(options.url, { published, resumed: () => void this.reconciliation.all() }, onError);
    const feed = new LiveFeed(this.redis, this.subscriber, keys, (entries) => this.listener(entries));
    this.reconciliation = new FeedReconciliation(feed);
    this.logs = new LogStore(this.redis, keys, retention, clock, feed);
    this.rooms = new RoomStore(this.redis, keys, retention, () => this.logs.cutoff, feed);
    this.queues = new QueueStore(this.redis, keys, retention.max, this.logs, this.rooms, feed);
    this.presence = new PresenceStore(this.redis, keys, this.rooms);
    this.access = new AccessStore(this.redis, keys);
  }

  async start(): Promise<void> {
    await this.redis.open();
    await this.subscriber.open();
    await this.redis.prepare([...Object.values(logScripts), ANNOUNCE]);
    this.reconciliation.start();
  }

  async stop(): Promise<void> {
    this.reconciliation.stop();
    await this.redis.close();
    await this.subscriber.close();
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

  openQueue(...args: Args<'openQueue'>): Answer<'openQueue'> {
    return this.queues.openQueue(...args);
  }

  closeQueue(...args: Args<'closeQueue'>): Answer<'closeQueue'> {
    this.queues.closeQueue(...args);
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
}
