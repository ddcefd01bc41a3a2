// Bans and revocations: kept with a number of their last change, so that every process knows whether it knows them all.
import type { AccessChange, AccessListener, AccessStore as Accesses, BanRecord, RevocationRecord } from '../delivery-engine.interface.js';
import type { FeedCounters } from '../feed-counters.js';
import { Healer } from './healer.js';
import { OrderedFeed } from './ordered-feed.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisSubscriber } from './redis-subscriber.js';
import { READ_NUMBER } from './script-parts.js';

/** KEYS: bans, revocations, version, channel. ARGV: place of the hash, field, record as JSON text or '' to delete it, change as JSON text. Returns whether there was one, and the version. */
export const CHANGE_ACCESS = `
local hash, field, record = KEYS[tonumber(ARGV[1])], ARGV[2], ARGV[3]
local known = redis.call('HGET', hash, field)
if record == '' then
  if not known then return { 0, tonumber(redis.call('GET', KEYS[3]) or '0') } end
  redis.call('HDEL', hash, field)
else
  local newer = cjson.decode(record)
  if not (known and newer.issuedBefore and cjson.decode(known).issuedBefore > newer.issuedBefore) then redis.call('HSET', hash, field, record) end
end
local version = redis.call('INCR', KEYS[3])
redis.call('SPUBLISH', KEYS[4], version .. ' ' .. ARGV[4])
return { known and 1 or 0, version }
`;

/** KEYS: bans, revocations, version. Returns version and both. */
export const READ_ACCESS = `return { tonumber(redis.call('GET', KEYS[3]) or '0'), redis.call('HVALS', KEYS[1]), redis.call('HVALS', KEYS[2]) }`;

/** KEYS: a hash. ARGV: a field, and what it holds for it to be deleted. */
export const FORGET = `if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end`;

/** Places of the hashes among the keys. */
export const BANS = 1;
export const REVOCATIONS = 2;

/** The field of a client's ban. */
export function banField({ tenant, clientId }: Pick<BanRecord, 'tenant' | 'clientId'>): string {
  return `${tenant}/${clientId}`;
}

/** The field of a revocation. */
export function revocationField({ tenant, tokenId, clientId }: RevocationRecord): string {
  return tokenId === undefined ? `${tenant}/client/${clientId ?? ''}` : `${tenant}/token/${tokenId}`;
}

/** A change with the version that it made. */
interface VersionedChange {
  readonly seq: number;
  readonly change: AccessChange;
}

/** Carries out the calls of the interface's AccessStore. */
export class AccessStore implements Accesses {
  private readonly feed = new OrderedFeed<VersionedChange>();
  private readonly healer: Healer<OrderedFeed<VersionedChange>>;
  readonly size = 1;
  private readonly listeners: AccessListener[] = [];
  /** The server that has them. */
  private server = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly subscriber: RedisSubscriber,
    private readonly keys: RedisKeys,
    counters: FeedCounters,
  ) {
    this.healer = new Healer(() => this.reload(), counters);
  }

  /** Begins to bring changes. */
  async start(): Promise<void> {
    const [, , version, channel] = this.keys.access;
    await this.subscriber.subscribe(channel, (message) => this.published(message));
    const [newest, server] = await this.redis.run<[number, string]>(READ_NUMBER, [version], []);
    this.server = server;
    this.bring(this.feed.moveTo(newest));
  }

  stop(): void {
    this.feed.close();
  }

  listenAccess(listener: AccessListener): void {
    this.listeners.push(listener);
  }

  async saveBan(ban: BanRecord): Promise<void> {
    await this.change(BANS, banField(ban), JSON.stringify(ban), { kind: 'banned', ban });
  }

  deleteBan(tenant: string, clientId: string): Promise<boolean> {
    return this.change(BANS, banField({ tenant, clientId }), '', { kind: 'lifted', tenant, clientId });
  }

  async listBans(now: number): Promise<BanRecord[]> {
    const bans = await this.list<BanRecord>(this.keys.access[0], ({ until }) => until > now);
    return bans.sort((a, b) => a.bannedAt - b.bannedAt || (a.clientId < b.clientId ? -1 : 1));
  }

  async saveRevocation(revocation: RevocationRecord): Promise<void> {
    await this.change(REVOCATIONS, revocationField(revocation), JSON.stringify(revocation), { kind: 'revoked', revocation });
  }

  listRevocations(since: number): Promise<RevocationRecord[]> {
    return this.list<RevocationRecord>(this.keys.access[1], ({ revokedAt }) => revokedAt > since);
  }

  /** Compares what was brought with what there is. */
  *comparisons(): Iterable<() => Promise<void>> {
    yield () => this.compare();
  }

  private async compare(): Promise<void> {
    const [version, server] = await this.redis.run<[number, string]>(READ_NUMBER, [this.keys.access[2]], []);
    // Another server may have lost the last changes, and given their numbers to others.
    if (this.feed.last !== undefined && (version !== this.feed.last || server !== this.server)) this.healer.soon(this.feed);
    this.server = server;
  }

  private async change(hash: number, field: string, record: string, change: AccessChange): Promise<boolean> {
    const [known, seq] = await this.redis.runSafely<[number, number]>(CHANGE_ACCESS, this.keys.access, [hash, field, record, JSON.stringify(change)]);
    if (record !== '' || known === 1) this.take([{ seq, change }]);
    return known === 1;
  }

  private published(message: string): void {
    const end = message.indexOf(' ');
    this.take([{ seq: Number(message.slice(0, end)), change: JSON.parse(message.slice(end + 1)) as AccessChange }]);
  }

  private take(changes: readonly VersionedChange[]): void {
    this.bring(this.feed.take(changes));
    if (this.feed.incomplete) this.healer.soon(this.feed);
  }

  private bring(changes: readonly VersionedChange[]): void {
    for (const { change } of changes) this.tell(change);
  }

  private tell(change: AccessChange): void {
    for (const listener of this.listeners) listener(change);
  }

  private async reload(): Promise<void> {
    const [version, bans, revocations] = await this.redis.run<[number, string[], string[]]>(READ_ACCESS, this.keys.access, []);
    const changes = version < (this.feed.last ?? 0) ? this.feed.restart(version) : this.feed.moveTo(version);
    this.tell({
      kind: 'reloaded',
      bans: bans.map((text) => JSON.parse(text) as BanRecord),
      revocations: revocations.map((text) => JSON.parse(text) as RevocationRecord),
    });
    this.bring(changes);
  }

  /** The records that still count; the others are forgotten. */
  private async list<T>(key: string, counts: (record: T) => boolean): Promise<T[]> {
    const reply = await this.redis.command<string[]>('HGETALL', key);
    const records: T[] = [];
    const forgotten: Promise<unknown>[] = [];
    for (let i = 0; i < reply.length; i += 2) {
      const record = JSON.parse(reply[i + 1]) as T;
      if (counts(record)) records.push(record);
      else forgotten.push(this.redis.run(FORGET, [key], [reply[i], reply[i + 1]]));
    }
    await Promise.all(forgotten);
    return records;
  }
}
