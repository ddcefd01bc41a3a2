// Whether, and when, a client comes back after its connection has ended.
import { BackOff } from './back-off.js';
import { ChatClientError } from './client-error.js';
import { reactionTo } from './close-reactions.js';

/** What it goes by; times are in milliseconds. */
export interface ReturnLimits {
  firstDelayMs: number;
  lastDelayMs: number;
  stableAfterMs: number;
  maxAttempts: number;
  maxTokenRefusals: number;
  maxBanMs: number;
}

/** What is known of the connection that has ended. */
export interface Ended {
  code: number;
  reason: string;
  /** How long it was open; 0 when it never was. */
  openMs: number;
  /** How long the server asked to stay away. */
  announcedMs: number;
  /** How long the ban lasts, as far as that was said. */
  banMs: number | undefined;
}

/** Counts what went wrong in a row. */
export class ReturnPolicy {
  private readonly backOff: BackOff;
  private refusals = 0;

  constructor(private readonly limits: ReturnLimits) {
    this.backOff = new BackOff(limits.firstDelayMs, limits.lastDelayMs);
  }

  /** Begins anew. */
  reset(): void {
    this.backOff.reset();
    this.refusals = 0;
  }

  /** Milliseconds until the next attempt, or why there is none. */
  after({ code, reason, openMs, announcedMs, banMs = Infinity }: Ended, canRenew: boolean): number | ChatClientError {
    const { stableAfterMs, maxAttempts, maxTokenRefusals, maxBanMs } = this.limits;
    const final = (of: 'CONNECTION_ERROR' | 'CLIENT_BANNED' | 'GAVE_UP', why: string): ChatClientError =>
      new ChatClientError(of, `${why}: ${code} ${reason}`.trim(), { close_code: code });
    const reaction = reactionTo(code);
    if (openMs >= stableAfterMs) this.reset();
    if (reaction === 'token' && (++this.refusals >= maxTokenRefusals || !canRenew)) return final('CONNECTION_ERROR', 'The token is refused');
    if (reaction === 'ban' && !(banMs <= maxBanMs)) return final('CLIENT_BANNED', 'The client is banned');
    if (reaction === 'stop') return final('GAVE_UP', 'The server wants no such client');
    if (this.backOff.attempts + 1 >= maxAttempts) return final('GAVE_UP', 'Too many attempts');
    return (reaction === 'ban' ? banMs : announcedMs) + this.backOff.next(reaction === 'slowly');
  }
}
