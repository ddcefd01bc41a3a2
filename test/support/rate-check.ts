// I6: all servers together let a client send no more than its limit in a window.
import type { HistoryEvent } from './history.js';
import { milliseconds } from './room-order.js';
import type { Report } from './violation.js';

/** A limit of messages, and what may be on its way beyond it. */
export interface RateLimit {
  max: number;
  windowMs: number;
  /** Messages that may have been counted before a window began, and stored in it: those unanswered at one time. */
  underWay: number;
}

/** Judges the messages of one publisher that were answered, by their timestamps. */
export function checkRate(events: readonly HistoryEvent[], publisher: string, { max, windowMs, underWay }: RateLimit, report: Report): void {
  const accepted = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'publish' || event.outcome !== 'ok' || event.publisher !== publisher) continue;
    const at = milliseconds(event.timestamp);
    if (at !== undefined) accepted.set(event.id, at);
  }
  const times = [...accepted.values()].sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last] - times[first] >= windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  if (most > max + underWay) report('I6', `${publisher}: ${most} messages were accepted within ${windowMs} ms, where ${max} are allowed`);
}
