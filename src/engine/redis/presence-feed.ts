// Changes of presence as one process is told of them: once and in the order of their positions, for the tenants that somebody here belongs to.
import type { PresenceRecord, StoredPresence } from '../delivery-engine.interface.js';
import type { FeedCounters } from '../feed-counters.js';
import { Healer } from './healer.js';
import { OrderedFeed } from './ordered-feed.js';
import { READ_CHANGES } from './presence-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisSubscriber } from './redis-subscriber.js';

const SEPARATOR = '\0';
/** Changes that are read at once. */
const PAGE = 256;

/** A change with its place. */
export interface PresenceChange {
  /** The position. */
  readonly seq: number;
  readonly record: StoredPresence;
}

/** The presence of one tenant. */
class TenantFeed extends OrderedFeed<PresenceChange> {
  /** Open queues of the tenant's clients. */
  count = 0;

  constructor(
    readonly tenant: string,
    readonly channel: string,
  ) {
    super();
  }
}

/** A stored status, as text. */
export function toPresenceRecord(clientId: string, text: string): PresenceRecord {
  const [status, lastSeen, position] = text.split(':');
  return { clientId, status: status as PresenceRecord['status'], lastSeen: Number(lastSeen), position: Number(position) };
}

/** Brings changes to the listener. */
export class PresenceFeed {
  private readonly tenants = new Map<string, TenantFeed>();
  private readonly healer: Healer<TenantFeed>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly subscriber: RedisSubscriber,
    private readonly keys: RedisKeys,
    /** The rooms whose members are to be told of a client. */
    private readonly roomsOf: (tenant: string, clientId: string) => Promise<string[]>,
    private readonly listener: (tenant: string, records: readonly StoredPresence[]) => void,
    counters: FeedCounters,
  ) {
    this.healer = new Healer((feed) => this.readMissing(feed), counters);
  }

  /** How many tenants are followed. */
  get size(): number {
    return this.tenants.size;
  }

  /** Compares what was brought with what there is, tenant by tenant. */
  *comparisons(): Iterable<() => Promise<void>> {
    for (const feed of [...this.tenants.values()]) yield () => this.compare(feed);
  }

  /** A queue of one of the tenant's clients is being opened. To be ended by {@link close}. */
  async open(tenant: string): Promise<void> {
    let feed = this.tenants.get(tenant);
    if (feed === undefined) this.tenants.set(tenant, (feed = new TenantFeed(tenant, this.keys.presence(tenant)[4])));
    feed.count++;
    await this.subscription(feed);
  }

  close(tenant: string): void {
    const feed = this.tenants.get(tenant);
    if (feed === undefined || --feed.count > 0) return;
    feed.close();
    this.tenants.delete(tenant);
    this.subscriber.unsubscribe(feed.channel);
  }

  /** This process has made changes. */
  wrote(tenant: string, records: readonly StoredPresence[]): void {
    const feed = this.tenants.get(tenant);
    if (feed !== undefined) this.take(feed, records.map((record) => ({ seq: record.position, record })));
  }

  private subscription(feed: TenantFeed): Promise<void> {
    return feed.subscription(() => this.subscribe(feed));
  }

  private async subscribe(feed: TenantFeed): Promise<void> {
    await this.subscriber.subscribe(feed.channel, (message) => this.published(feed, message));
    const position = await this.position(feed);
    if (feed.last === undefined) this.bring(feed, feed.moveTo(position));
    else if (feed.last < position) this.healer.soon(feed);
  }

  private async position(feed: TenantFeed): Promise<number> {
    return Number(await this.redis.command<string | null>('GET', this.keys.presence(feed.tenant)[0]));
  }

  private async compare(feed: TenantFeed): Promise<void> {
    await this.subscription(feed);
    if ((await this.position(feed)) > (feed.last ?? Infinity)) this.healer.soon(feed);
  }

  private published(feed: TenantFeed, message: string): void {
    const [position, clientId, status, lastSeen, rooms] = message.split(SEPARATOR);
    const record = toPresenceRecord(clientId, `${status}:${lastSeen}:${position}`);
    this.take(feed, [{ seq: record.position, record: { ...record, rooms: JSON.parse(rooms) as string[] } }]);
  }

  private take(feed: TenantFeed, changes: readonly PresenceChange[]): void {
    this.bring(feed, feed.take(changes));
    if (feed.last !== undefined && feed.incomplete) this.healer.soon(feed);
  }

  private bring({ tenant }: TenantFeed, changes: readonly PresenceChange[]): void {
    if (changes.length > 0) this.listener(tenant, changes.map(({ record }) => record));
  }

  /** Of each client only the newest change is there; the positions of others lead to nothing. */
  private async readMissing(feed: TenantFeed): Promise<void> {
    const { tenant } = feed;
    for (;;) {
      const after = feed.last;
      if (after === undefined || feed.closed) return;
      const [newest, found] = await this.redis.run<[number, string[]]>(READ_CHANGES, this.keys.presence(tenant), [after, PAGE]);
      const records: PresenceRecord[] = [];
      for (let i = 0; i < found.length; i += 2) records.push(toPresenceRecord(found[i], found[i + 1]));
      const stored = await Promise.all(records.map(async (record) => ({ ...record, rooms: await this.roomsOf(tenant, record.clientId) })));
      const last = feed.last ?? after;
      const through = records.length < PAGE ? newest : (records.at(-1)?.position ?? newest);
      this.bring(feed, stored.filter(({ position }) => position > last).map((record) => ({ seq: record.position, record })));
      this.bring(feed, feed.moveTo(through));
      if (through >= newest) return;
    }
  }
}
