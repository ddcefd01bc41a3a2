// Bans and revocations.
import type { AccessStore as Accesses, BanRecord, RevocationRecord } from '../delivery-engine.interface.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** KEYS: revocations. ARGV: field, record as JSON text. One of a client is only ever raised. */
const SAVE_REVOCATION = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
local newer = cjson.decode(ARGV[2])
if known and newer.issuedBefore and cjson.decode(known).issuedBefore > newer.issuedBefore then return end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
`;
/** KEYS: a hash. ARGV: a field, and what it holds for it to be deleted. */
const FORGET = `if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end`;

/** Carries out the calls of the interface's AccessStore. */
export class AccessStore implements Accesses {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  async saveBan(ban: BanRecord): Promise<void> {
    await this.redis.command('HSET', this.keys.bans, `${ban.tenant}/${ban.clientId}`, JSON.stringify(ban));
  }

  async deleteBan(tenant: string, clientId: string): Promise<boolean> {
    return (await this.redis.command<number>('HDEL', this.keys.bans, `${tenant}/${clientId}`)) > 0;
  }

  async listBans(now: number): Promise<BanRecord[]> {
    const bans = await this.list<BanRecord>(this.keys.bans, ({ until }) => until > now);
    return bans.sort((a, b) => a.bannedAt - b.bannedAt || (a.clientId < b.clientId ? -1 : 1));
  }

  async saveRevocation(revocation: RevocationRecord): Promise<void> {
    const { tenant, tokenId, clientId } = revocation;
    const field = tokenId === undefined ? `${tenant}/client/${clientId ?? ''}` : `${tenant}/token/${tokenId}`;
    await this.redis.run(SAVE_REVOCATION, [this.keys.revocations], [field, JSON.stringify(revocation)]);
  }

  listRevocations(since: number): Promise<RevocationRecord[]> {
    return this.list<RevocationRecord>(this.keys.revocations, ({ revokedAt }) => revokedAt > since);
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
