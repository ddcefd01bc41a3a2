// The breaker for clients that reconnect for ever with a token that does not count.
import { monotonicClock, type Clock } from '../log/index.js';
import { SlidingWindows } from '../limits/index.js';
import { networkOf } from './client-network.js';

const MINUTE_MS = 60_000;

/**
 * Failed authentications by address. Every failure counts, also those that were refused: the specification's example client
 * begins its back-off anew whenever an upgrade succeeds, and gives up only if all its tries within a minute are refused.
 */
export class AuthFailures {
  private readonly windows: SlidingWindows;

  constructor(
    /** AUTH_FAILURES_PER_MINUTE. */
    private readonly limit: number,
    clock: Clock = monotonicClock,
  ) {
    this.windows = new SlidingWindows(MINUTE_MS, clock);
  }

  /**
   * Counts a failure.
   *
   * @returns 0 while it may be answered over a WebSocket; else the seconds after which the next one may
   */
  record(address: string): number {
    const network = networkOf(address);
    const refused = this.windows.used(network) >= this.limit;
    this.windows.record(network, Math.max(1, this.limit));
    return refused ? Math.max(1, Math.ceil(this.windows.waitMs(network, Math.max(1, this.limit)) / 1000)) : 0;
  }
}
