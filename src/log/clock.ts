// Where time comes from, so that tests own it.

/** The injection token of the clock in use. */
export const Clock = Symbol('Clock');

/** A source of time. */
export interface Clock {
  /** Milliseconds; since the epoch, unless it says otherwise. */
  now(): number;
}

/** The machine's clock: for what is stored and shown. */
export const systemClock: Clock = { now: () => Date.now() };

/** Since the process began: for intervals, which no correction of the machine's clock may stretch or end. */
export const monotonicClock: Clock = { now: () => performance.now() };
