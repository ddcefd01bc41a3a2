// Where the hits of rate limits are counted, and the seam where another store is plugged in.

/** The injection token of the store in use. */
export const RateLimitStore = Symbol('RateLimitStore');

/** What became of hits. */
export interface TakenHits {
  /** How many of them fit, and are counted. */
  readonly granted: number;
  /** Hits in the window now, these among them. */
  readonly used: number;
  /** Milliseconds until another hit fits; 0 when one does now. */
  readonly waitMs: number;
}

/**
 * Counts hits by key in an exact sliding window of RATE_LIMIT_WINDOW_SECONDS. Takes place at once for each key: of hits that
 * come at the same time, to whichever process, no more than `limit` fit.
 *
 * @publicApi
 */
export interface RateLimitStore {
  /**
   * Counts as many of `hits` as fit below `limit`. Hits that do not fit are not counted: whoever goes on trying is not kept out longer.
   * Rejects with `STORE_UNAVAILABLE` when they cannot be counted.
   */
  take(key: string, limit: number, hits: number): Promise<TakenHits>;
  /** Forgets what was counted. Rejects with `STORE_UNAVAILABLE` when it may not have happened. */
  clear(key: string): Promise<void>;
}
