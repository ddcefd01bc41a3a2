// Who is banned: kept in the store, asked for at every door.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type AccessChange, type BanRecord, DeliveryEngine, type Page, type PageRequest, toPage } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock, logKey } from '../log/index.js';
import { ChatError } from '../protocol/index.js';

/** Bans that are looked at, whenever another one is made, to see whether they have ended. */
const SWEPT_AT_ONCE = 4;

/** A ban to impose. */
export interface BanRequest {
  readonly tenant: string;
  readonly clientId: string;
  readonly seconds: number;
  /** Shown to the client; empty for none. */
  readonly reason: string;
  /** The administrator; absent for an automatic ban. */
  readonly by?: string;
}

/**
 * Every ban that has not ended, whichever process has made it. A ban is in force at once, before it is stored; connections of the client are
 * closed by whoever listens to `banInForce`.
 *
 * @publicApi
 */
@Injectable()
export class BanList implements OnModuleInit {
  private readonly bans = new Map<string, BanRecord>();
  /** Bans of this process that are not in the store yet. */
  private readonly unstored = new Set<BanRecord>();

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
  ) {}

  async onModuleInit(): Promise<void> {
    this.engine.listenAccess((change) => this.accept(change));
    for (const ban of await this.engine.listBans(this.clock.now())) this.bans.set(logKey(ban.tenant, ban.clientId), ban);
  }

  /** The client's ban, if it has one. */
  find(tenant: string, clientId: string): BanRecord | undefined {
    if (this.bans.size === 0) return undefined;
    const key = logKey(tenant, clientId);
    const ban = this.bans.get(key);
    if (ban === undefined || this.clock.now() < ban.until) return ban;
    this.bans.delete(key);
    return undefined;
  }

  /** Bans a client, in place of an earlier ban. Rejects when the ban, though in force, could not be stored. */
  async ban({ tenant, clientId, seconds, reason, by }: BanRequest): Promise<BanRecord> {
    const bannedAt = this.clock.now();
    const ban = { tenant, clientId, reason, bannedAt, until: bannedAt + seconds * 1000, ...(by !== undefined && { by }) };
    this.sweep(bannedAt);
    this.unstored.add(ban);
    this.events.emit('banned', { tenant, clientId, until: ban.until, reason, ...(by !== undefined && { by }) });
    this.enforce(ban);
    await this.engine.saveBan(ban);
    this.unstored.delete(ban);
    return ban;
  }

  /** What other processes have changed, or this one: then it is known already. */
  private accept(change: AccessChange): void {
    if (change.kind === 'banned') this.enforce(change.ban);
    else if (change.kind === 'lifted') this.bans.delete(logKey(change.tenant, change.clientId));
    else if (change.kind === 'reloaded') {
      const stored = new Set(change.bans.map(({ tenant, clientId }) => logKey(tenant, clientId)));
      for (const [key, ban] of this.bans) if (!stored.has(key) && !this.unstored.has(ban)) this.bans.delete(key);
      for (const ban of change.bans) this.enforce(ban);
    }
  }

  private enforce(ban: BanRecord): void {
    const { tenant, clientId, bannedAt, until } = ban;
    const key = logKey(tenant, clientId);
    const known = this.bans.get(key);
    if (until <= this.clock.now() || (known?.bannedAt === bannedAt && known.until === until)) return;
    this.bans.set(key, ban);
    this.events.emit('banInForce', { tenant, clientId });
  }

  /** Forgets bans that have ended, of clients that never asked again: about as fast as new ones come. */
  private sweep(now: number): void {
    let left = SWEPT_AT_ONCE;
    for (const [key, ban] of this.bans) {
      if (left-- === 0) return;
      // Looked at again when all others have been.
      this.bans.delete(key);
      if (ban.until > now) this.bans.set(key, ban);
    }
  }

  /** Lifts a client's ban, if it has one. */
  async lift(tenant: string, clientId: string, by: string): Promise<void> {
    const lifted = await this.engine.deleteBan(tenant, clientId);
    this.bans.delete(logKey(tenant, clientId));
    if (lifted) this.events.emit('banLifted', { tenant, clientId, by });
  }

  /** A tenant's bans, in ascending order of client id. */
  list(tenant: string, { after = '', limit }: PageRequest): Page<BanRecord> {
    const now = this.clock.now();
    const behind = [...this.bans.values()]
      .filter((ban) => ban.tenant === tenant && ban.until > now && ban.clientId > after)
      .sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
    return toPage(behind, limit, ({ clientId }) => clientId);
  }

  /** What a banned client is told. */
  refusal(ban: BanRecord): ChatError {
    return new ChatError('CLIENT_BANNED', undefined, {
      retry_after: Math.max(1, Math.ceil((ban.until - this.clock.now()) / 1000)),
      banned_until: new Date(ban.until).toISOString(),
      ...(ban.reason !== '' && { reason: ban.reason }),
    });
  }
}
