// That this process lives, as all others see it: a lease that has to be renewed, in Redis's own time.
import { randomBytes } from 'node:crypto';
import { monotonicClock } from '../../log/index.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import { SERVER_AND_TIME } from './script-parts.js';

/** Whoever has not renewed its lease for so long counts as dead, ms. Longer than Redis may be away at a restart, shorter than anybody minds an offline client. */
export const LEASE_MS = 15_000;
export const RENEW_INTERVAL_MS = 2_000;
/** How much later than others a process may look after those that have died, ms: not all at once. */
const ORPHANED_JITTER_MS = 500;

/** KEYS: leases. ARGV: node, milliseconds. Returns time, whether its lease had not ended, those that live, and those that do not. */
export const RENEW = `${SERVER_AND_TIME}
local now = now()
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local live, dead = redis.call('ZRANGE', KEYS[1], '(' .. now, '+inf', 'BYSCORE'), redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE')
return { now, ends and tonumber(ends) > now and 1 or 0, live, dead }
`;

/** KEYS: leases. ARGV: node. Forgets a node whose lease has ended. */
export const BURY = `${SERVER_AND_TIME}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and tonumber(ends) <= now() then redis.call('ZREM', KEYS[1], ARGV[1]) end
`;

/** What a lease tells. Must not throw. */
export interface LeaseListener {
  /** Redis's time, ms since the epoch, as it was said at some time within the last `elapsedMs`. */
  time(said: number, elapsedMs: number): void;
  /** Processes have died. */
  orphaned(): void;
  /** Others have taken this process for dead. */
  forgotten(): void;
}

/** The lease of this process. */
export class NodeLease {
  /** Unique to this process. Short: it stands in each place of a connection, and Redis packs a sorted set only while no member of it is longer than 64 bytes. */
  readonly id = randomBytes(16).toString('base64url');
  /** The processes that live, this one among them, as far as was known when this one last renewed its lease. */
  live: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isHeld = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly listener: LeaseListener,
  ) {}

  async start(): Promise<void> {
    await this.renew();
    this.timer = setInterval(() => void this.renew().catch(() => undefined), RENEW_INTERVAL_MS);
    this.timer.unref();
  }

  /** Others may take over at once what this process answered for. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    if (this.isHeld) await this.redis.command('ZADD', this.keys.leases, 'XX', 0, this.id);
  }

  /** Those that live, this one among them, and those that have died and are not buried. */
  async nodes(): Promise<{ live: string[]; dead: string[] }> {
    const askedAt = monotonicClock.now();
    const [now, wasHeld, live, dead] = await this.redis.run<[number, number, string[], string[]]>(RENEW, [this.keys.leases], [this.id, LEASE_MS]);
    this.listener.time(now, monotonicClock.now() - askedAt);
    if (this.isHeld && wasHeld === 0) this.listener.forgotten();
    this.isHeld = true;
    this.live = live;
    return { live, dead };
  }

  /** Everything that a dead process answered for was taken over. */
  async bury(node: string): Promise<void> {
    await this.redis.run(BURY, [this.keys.leases], [node]);
  }

  private async renew(): Promise<void> {
    const { dead } = await this.nodes();
    if (dead.length > 0) setTimeout(() => this.listener.orphaned(), Math.random() * ORPHANED_JITTER_MS).unref();
  }
}
