// Where time comes from, so that tests own it.

/** The injection token of the clock in use. */
export const Clock = Symbol('Clock');

/** A source of time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
