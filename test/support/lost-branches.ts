// A store that fails over may lose its newest entries: their numbers are given anew then, in another incarnation.
import { isOrdered, orderOf, type OrderedFrame } from './frame.js';
import type { HistoryEvent, PublishAttempt } from './history.js';
import { milliseconds } from './room-order.js';
import type { Report } from './violation.js';

/** What a Redis that takes over may lack: nothing, what was answered to nobody, or what was answered too. */
export type Loss = 'nothing' | 'unanswered' | 'answered';

/** What was seen of an order. */
interface SeenOrder {
  /** By incarnation: its first number that anybody saw. One that is not 0 is the time at which it began, or later. */
  readonly begins: Map<number, number>;
  /** By number: the message that stands there, of the newest incarnation. */
  readonly messages: Map<number, { readonly incarnation: number; readonly id: string | undefined }>;
}

/**
 * Takes out of a history what was lost. Of I2: whoever has seen it gets nothing more of that order on the same connection. Where what was answered may be
 * lost, it is so to an incarnation that began later and gives its number anew; everything else stays to be judged.
 */
export function withoutLostBranches(events: readonly HistoryEvent[], loses: Exclude<Loss, 'nothing'>, report: Report): HistoryEvent[] {
  const orders = seenOrders(events);
  /** By connection and order: the newest incarnation of which something was lost. */
  const ended = new Map<string, number>();
  return events.filter((event) => {
    if (event.kind === 'publish') return loses === 'unanswered' || !isAnswerLost(event, orders.get(event.room));
    if (event.kind !== 'frame' || !isOrdered(event.frame)) return true;
    const { frame, connection } = event;
    const incarnation = incarnationOf(frame);
    const key = `${connection}/${orderOf(frame)}`;
    const end = ended.get(key);
    if (end !== undefined && incarnation > end) report('I2', `${orderOf(frame)}, connection ${connection}: ${frame.id} came to who had seen what is lost`);
    if (!isGivenAnew(frame.seq, incarnation, orders.get(orderOf(frame)))) return true;
    ended.set(key, incarnation);
    return false;
  });
}

/** How many messages were answered, and are lost. */
export function countLostAnswers(events: readonly HistoryEvent[]): number {
  const orders = seenOrders(events);
  return events.filter((event) => event.kind === 'publish' && isAnswerLost(event, orders.get(event.room))).length;
}

/** What stands in an id before its number; 0 when nothing does. */
export function incarnationOf({ id }: OrderedFrame): number {
  const [incarnation, seq] = id.slice(id.lastIndexOf(':') + 1).split('-');
  return seq === undefined ? 0 : Number(incarnation);
}

function seenOrders(events: readonly HistoryEvent[]): Map<string, SeenOrder> {
  const orders = new Map<string, SeenOrder>();
  for (const event of events) {
    if (event.kind !== 'frame' || !isOrdered(event.frame)) continue;
    const { seq, data } = event.frame;
    const name = orderOf(event.frame);
    const incarnation = incarnationOf(event.frame);
    let order = orders.get(name);
    if (order === undefined) orders.set(name, (order = { begins: new Map(), messages: new Map() }));
    order.begins.set(incarnation, Math.min(order.begins.get(incarnation) ?? Infinity, seq));
    if (incarnation >= (order.messages.get(seq)?.incarnation ?? 0)) order.messages.set(seq, { incarnation, id: data.id });
  }
  return orders;
}

/** Whether an incarnation that is newer begins at this number or before it. */
function isGivenAnew(seq: number, incarnation: number, order: SeenOrder | undefined): boolean {
  return [...(order?.begins ?? [])].some(([other, first]) => other > incarnation && first <= seq);
}

function isAnswerLost({ id, seq, timestamp }: PublishAttempt, order: SeenOrder | undefined): boolean {
  const at = milliseconds(timestamp);
  return seq !== undefined && at !== undefined && order?.messages.get(seq)?.id !== id && isGivenAnew(seq, at, order);
}
