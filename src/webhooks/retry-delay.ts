// When a webhook that failed is tried again.

/** Bounds of the wait, ms. */
export interface BackOffBounds {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Exponential back-off with full jitter: any time up to a bound that doubles with each attempt, so that what failed together does not come back together. A receiver that says how long
 * it wants to be left alone gets that long, and no longer than the largest bound.
 *
 * @param attempt the one that failed, from 1 on
 * @param random from 0 to 1
 */
export function retryDelayMs(attempt: number, { baseMs, maxMs }: BackOffBounds, random: number, retryAfterMs = 0): number {
  const bound = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return Math.round(Math.max(random * bound, Math.min(retryAfterMs, maxMs)));
}

/** What `Retry-After` says (RFC 9110 §10.2.3), in ms from now: seconds, or a date. Undefined for anything else. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,10}$/.test(header)) return Number(header) * 1000;
  // `Date.parse` would read a year in nearly anything.
  const date = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
