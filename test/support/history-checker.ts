// The one judge of histories: which of the delivery invariants were broken, and where.
import { checkBodies, checkPublishes } from './publish-checks.js';
import { checkDelivery, TIME_SLACK_MS } from './delivery-checks.js';
import type { History, HistoryEvent } from './history.js';
import { type Loss, withoutLostBranches } from './lost-branches.js';
import { collectOrders, type RoomOrder } from './room-order.js';
import type { Report, Violation } from './violation.js';

/**
 * Judges a history.
 *
 * @param queueMax the server's QUEUE_MAX_PER_CLIENT
 * @param timeSlackMs how long after its timestamp a notification may have been appended, at most: {@link TIME_SLACK_MS} where nothing stands still
 * @param loses what the store may lose, to give its numbers again in another incarnation
 */
export function checkHistory({ events: all }: History, queueMax = 1000, timeSlackMs = TIME_SLACK_MS, loses: Loss = 'nothing'): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (invariant, what) => violations.push({ invariant, what });
  const events = loses === 'nothing' ? all : withoutLostBranches(all, loses, report);
  const orders = collectOrders(events);
  checkBodies(events, report);
  checkPublishes(events, report);
  checkNumbers(orders, report);
  checkMembershipChanges(events, orders, report);
  checkDelivery(events, orders, { queueMax, timeSlackMs }, report);
  return violations;
}

/** Only silent changes of membership take numbers that nobody sees. */
function checkNumbers(orders: ReadonlyMap<string, RoomOrder>, report: Report): void {
  for (const order of orders.values()) {
    const unseen = order.unseen();
    if (unseen.length > order.silentChanges) {
      report('I2', `${order.name}: nobody saw ${unseen.slice(0, 5).join(', ')} (${unseen.length} numbers, ${order.silentChanges} silent changes)`);
    }
  }
}

/** A change of membership that was answered is in the order. */
function checkMembershipChanges(events: readonly HistoryEvent[], orders: ReadonlyMap<string, RoomOrder>, report: Report): void {
  const last = new Map<string, HistoryEvent & { kind: 'membership' }>();
  for (const event of events) if (event.kind === 'membership' && event.outcome !== 'fail') last.set(`${event.room}/${event.client}`, event);
  for (const { room, client, change, outcome } of last.values()) {
    const order = orders.get(room);
    if (outcome !== 'ok' || order === undefined || order.obscured.has(client)) continue;
    const isMember = order.currentMembership(client) !== undefined;
    if (change === 'join' && !isMember) report('I1', `${room}: ${client} joined, and the order does not show it`);
    if (change === 'leave' && isMember) report('I3', `${room}: ${client} left, and the order does not show it`);
  }
}
