// A store that fails over may lose what it has answered to nobody, though it was seen: numbers are given anew then, in another incarnation.
import { isOrdered, orderOf, type OrderedFrame } from './frame.js';
import type { HistoryEvent } from './history.js';
import type { Report } from './violation.js';

/** Takes out of a history what was lost. Of I2: whoever has seen it gets nothing more of that order on the same connection. */
export function withoutLostBranches(events: readonly HistoryEvent[], report: Report): HistoryEvent[] {
  const kept = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'frame' || !isOrdered(event.frame)) continue;
    const place = placeOf(event.frame);
    kept.set(place, Math.max(kept.get(place) ?? 0, incarnationOf(event.frame)));
  }
  /** By connection and order: the newest incarnation of which something was lost. */
  const ended = new Map<string, number>();
  return events.filter((event) => {
    if (event.kind !== 'frame' || !isOrdered(event.frame)) return true;
    const { frame, connection } = event;
    const incarnation = incarnationOf(frame);
    const key = `${connection}/${orderOf(frame)}`;
    const end = ended.get(key);
    if (end !== undefined && incarnation > end) report('I2', `${orderOf(frame)}, connection ${connection}: ${frame.id} came to who had seen what is lost`);
    if (incarnation === kept.get(placeOf(frame))) return true;
    ended.set(key, incarnation);
    return false;
  });
}

function placeOf(frame: OrderedFrame): string {
  return `${orderOf(frame)}:${frame.seq}`;
}

/** What stands in an id before its number; 0 when nothing does. */
function incarnationOf({ id }: OrderedFrame): number {
  const [incarnation, seq] = id.slice(id.lastIndexOf(':') + 1).split('-');
  return seq === undefined ? 0 : Number(incarnation);
}
