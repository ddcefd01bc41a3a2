// How soon after a fault is over everybody who stays connected has what they missed, and what is published then.
import { isOrdered } from '../../support/frame.js';
import { type History, observerKey, type Observer } from '../../support/history.js';
import { milliseconds } from '../../support/room-order.js';

/** What is so old when a fault is over was not merely on its way, ms. */
const MISSED_FROM_MS = 500;

/** A moment from which on nothing is wrong any more, for those who were connected all the time or came back at once. */
export interface Heal {
  /** What was wrong. */
  readonly faults: readonly string[];
  /** Notifications from before that had not come, over all clients; until the first of them came, and until the last, ms. */
  readonly missed: number;
  readonly firstMs: number | null;
  readonly missedMs: number | null;
  /** Until every client had something that was published afterwards, ms. */
  readonly againMs: number | null;
}

/**
 * Measures one heal.
 *
 * @param from the first event after it
 * @param at when it was, milliseconds since the epoch
 */
export function measureHeal({ events, times }: History, faults: readonly string[], observers: readonly Observer[], from: number, at: number): Heal {
  const keys = new Set(observers.map(observerKey));
  const waiting = new Set(keys);
  const known = new Set<string>();
  const missed: number[] = [];
  let againMs: number | null = null;
  events.forEach((event, i) => {
    if (event.kind !== 'frame' || !isOrdered(event.frame)) return;
    const key = observerKey(event.observer);
    const place = `${key} ${event.frame.id}`;
    if (!keys.has(key) || known.has(place)) return;
    known.add(place);
    const stamp = milliseconds(event.frame.data.timestamp);
    if (i < from || stamp === undefined) return;
    if (stamp <= at - MISSED_FROM_MS) missed.push(times[i] - at);
    else if (stamp > at && waiting.delete(key) && waiting.size === 0) againMs = times[i] - at;
  });
  return { faults, missed: missed.length, firstMs: missed.at(0) ?? null, missedMs: missed.at(-1) ?? null, againMs };
}

/** A line that tells of many heals: what half of them, and 99 in 100, did not take longer than. */
export function describeHeals(heals: readonly Heal[]): string {
  const percentiles = (values: readonly (number | null)[]): string => {
    const sorted = values.filter((ms) => ms !== null).sort((a, b) => a - b);
    const percentile = (part: number): string => String(sorted[Math.ceil(sorted.length * part) - 1] ?? '-');
    return `${percentile(0.5)} / ${percentile(0.99)} / ${percentile(1)} ms`;
  };
  const missing = heals.filter(({ missed }) => missed > 0);
  return (
    `${heals.length} heals, p50 / p99 / longest: everybody had something new after ${percentiles(heals.map(({ againMs }) => againMs))}; ` +
    `in ${missing.length} something was missing, the first of it came after ${percentiles(missing.map(({ firstMs }) => firstMs))}, the last after ${percentiles(missing.map(({ missedMs }) => missedMs))}`
  );
}
