// How much a client may send, and what becomes of one that sends more.
import { Inject, Injectable, Logger } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { RateLimitStore, type TakenHits } from '../engine/index.js';
import { ChatEvents, type LimitedKind, type RateLimited } from '../events/index.js';
import { logKey, monotonicClock } from '../log/index.js';
import { ChatError } from '../protocol/index.js';
import { BanList } from './ban-list.service.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { SlidingWindows } from './sliding-windows.js';

const UNLIMITED: TakenHits = { granted: Infinity, used: 0, waitMs: 0 };

/** Why a client was banned that nobody banned by hand. */
const AUTOMATIC_REASON = 'rate limit exceeded';

/**
 * The limits of clients: messages, publications of trusted backends, and everything else that comes over a socket. Keyed by
 * tenant and client, so that neither another connection, another device nor HTTP escapes them.
 *
 * @publicApi
 */
@Injectable()
export class RateLimits {
  private readonly logger = new Logger('Limits');
  private readonly windowMs: number;
  private readonly control: SlidingWindows;
  /** Counts what is beyond limits while the store cannot. */
  private readonly excessHere: RateLimitStore;

  constructor(
    @Inject(RateLimitStore) private readonly store: RateLimitStore,
    private readonly settings: Settings,
    private readonly bans: BanList,
    private readonly events: ChatEvents,
  ) {
    this.windowMs = settings.rateLimitWindowSeconds * 1000;
    this.control = new SlidingWindows(this.windowMs, monotonicClock);
    this.excessHere = new MemoryRateLimitStore(settings);
  }

  /** Under which limit a principal sends: trusted backends have their own. */
  kindOf(principal: Principal): LimitedKind {
    return hasScope(principal, Scope.Publish) ? 'publish' : 'message';
  }

  /** The most hits in a window; Infinity for no limit. */
  limitOf(kind: LimitedKind): number {
    if (kind === 'control') return this.settings.controlRateLimitMax;
    const limit = kind === 'publish' ? this.settings.publishRateLimitMax : this.settings.rateLimitMax;
    return limit === 0 ? Infinity : limit;
  }

  /** The key that a client's hits are counted under. */
  keyOf({ tenant, clientId }: Principal, kind: LimitedKind): string {
    return `${kind} ${logKey(tenant, clientId)}`;
  }

  /** Counts as many messages or publications as fit. */
  async take(principal: Principal, hits = 1): Promise<TakenHits> {
    const kind = this.kindOf(principal);
    const limit = this.limitOf(kind);
    return limit === Infinity ? { ...UNLIMITED, granted: hits } : this.store.take(this.keyOf(principal, kind), limit, hits);
  }

  /**
   * Counts one message or publication that came over HTTP where `HttpThrottlerGuard` does not stand, just as it would.
   *
   * @returns headers that say where one stands; none where there is no limit
   * @throws ChatError `RATE_LIMIT_EXCEEDED`
   */
  async admit(principal: Principal): Promise<Record<string, string | number>> {
    const kind = this.kindOf(principal);
    const limit = this.limitOf(kind);
    if (limit === Infinity) return {};
    const { granted, used, waitMs } = await this.store.take(this.keyOf(principal, kind), limit, 1);
    if (granted > 0) {
      return { 'X-RateLimit-Limit': limit, 'X-RateLimit-Remaining': Math.max(0, limit - used), 'X-RateLimit-Reset': Math.ceil(waitMs / 1000) };
    }
    this.exceeded(principal, { kind, via: 'http', outcome: 'dropped', count: 1 });
    throw this.refusal(waitMs);
  }

  /** Counts a frame that is no message. Counted by this process alone: they come too often to ask anybody. */
  takeControl(principal: Principal): boolean {
    return this.control.take(this.keyOf(principal, 'control'), this.limitOf('control')) > 0;
  }

  /** Milliseconds until another frame that is no message fits. */
  controlWaitMs(principal: Principal): number {
    return this.control.waitMs(this.keyOf(principal, 'control'), this.limitOf('control'));
  }

  /** Something was beyond a limit: tells of it, and bans the client once it has come too often. */
  exceeded(principal: Principal, excess: Pick<RateLimited, 'kind' | 'via' | 'outcome' | 'count'>): void {
    const { tenant, clientId } = principal;
    this.events.emit('rateLimited', { tenant, clientId, ...excess });
    if (this.settings.banThreshold === 0 || excess.outcome === 'held' || this.kindOf(principal) === 'publish' || this.bans.find(tenant, clientId) !== undefined) return;
    void this.countExcess(principal, excess.count);
  }

  /** Throws nothing: nobody would catch it. */
  private async countExcess({ tenant, clientId }: Principal, count: number): Promise<void> {
    const { banThreshold, banSeconds } = this.settings;
    const key = `excess ${logKey(tenant, clientId)}`;
    try {
      const { granted, used } = await this.store.take(key, banThreshold, count).catch(() => this.excessHere.take(key, banThreshold, count));
      // Whichever process has filled the window bans, and no other.
      if (granted === 0 || used < banThreshold || this.bans.find(tenant, clientId) !== undefined) return;
      await Promise.all([this.bans.ban({ tenant, clientId, seconds: banSeconds, reason: AUTOMATIC_REASON }), this.store.clear(key), this.excessHere.clear(key)]);
    } catch (error) {
      this.logger.error({ msg: 'ban not stored', tenant, client_id: clientId, err: error });
    }
  }

  /** What a client is told that has to wait. */
  refusal(waitMs: number): ChatError {
    return new ChatError('RATE_LIMIT_EXCEEDED', undefined, { retry_after: Math.max(1, Math.ceil(waitMs / 1000)) });
  }
}
