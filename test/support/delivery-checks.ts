// Judging what each observer got, connection by connection: order, gaps, memberships, overflow, and that nothing is missing.
import { isOrdered, isOverflow, orderOf, type DroppedRoom, type Frame, type OrderedFrame } from './frame.js';
import { observerKey, type HistoryEvent, type Observer } from './history.js';
import { milliseconds, type RoomOrder } from './room-order.js';
import type { Report } from './violation.js';

/** The server takes the time of a notification just before it appends it: two may stand the other way round. */
export const TIME_SLACK_MS = 50;

/** What the server was allowed. */
export interface Allowed {
  /** Its QUEUE_MAX_PER_CLIENT. */
  queueMax: number;
  /** How long after its timestamp a notification may have been appended, ms: no longer than that in any case, nor than any order shows that one was. */
  timeSlackMs: number;
}

type Orders = ReadonlyMap<string, RoomOrder>;

/** I1 to I4, as far as connections show them. */
export function checkDelivery(events: readonly HistoryEvent[], orders: Orders, { queueMax, timeSlackMs }: Allowed, report: Report): void {
  const allowed: Allowed = { queueMax, timeSlackMs: Math.min(timeSlackMs, Math.max(...[...orders.values()].map(({ backwardsMs }) => backwardsMs))) };
  const observers = new Map<string, ObserverCheck>();
  for (const event of events) {
    if (event.kind === 'queue' && event.size > allowed.queueMax) report('I4', `${observerKey(event.observer)}: ${event.size} pending`);
    if (event.kind !== 'frame' && event.kind !== 'drained') continue;
    const key = observerKey(event.observer);
    let observer = observers.get(key);
    if (observer === undefined) observers.set(key, (observer = new ObserverCheck(event.observer, orders, allowed, report)));
    if (event.kind === 'drained') observer.checkDrained();
    else observer.accept(event.connection, event.frame);
  }
}

/** Follows one observer over all its connections. */
class ObserverCheck {
  /** By order: everything up to here, since joining, was received or reported as dropped. */
  private readonly covered = new Map<string, number>();
  /** By connection and order: the number that came last. */
  private readonly last = new Map<string, number>();

  constructor(
    private readonly observer: Observer,
    private readonly orders: Orders,
    private readonly allowed: Allowed,
    private readonly report: Report,
  ) {}

  accept(connection: number, frame: Frame): void {
    if (frame.type === 'connected') this.checkQueued(connection, Number(frame.data.queued));
    else if (isOverflow(frame)) this.acceptOverflow(connection, frame);
    else if (isOrdered(frame)) this.acceptNotification(connection, frame);
  }

  /** Nothing may be pending any more. */
  checkDrained(): void {
    const { client } = this.observer;
    for (const order of this.orders.values()) {
      const membership = order.currentMembership(client);
      if (membership === undefined || order.obscured.has(client)) continue;
      const missing = order.firstBetween(Math.max(this.covered.get(order.name) ?? 0, membership.from), order.head + 1);
      if (missing !== undefined) this.report('I1', `${this.at(order)} never got ${missing} of ${order.head}`);
    }
  }

  private checkQueued(connection: number, queued: number): void {
    if (queued > this.allowed.queueMax) this.report('I4', `${observerKey(this.observer)}, connection ${connection}: ${queued} queued`);
  }

  private acceptNotification(connection: number, frame: OrderedFrame): void {
    const order = this.orders.get(orderOf(frame)) as RoomOrder;
    const { seq } = frame;
    const last = this.last.get(`${connection}/${order.name}`);
    if (last !== undefined && seq <= last) this.report('I2', `${this.at(order)}, connection ${connection}: ${seq} came after ${last}`);
    if (!order.obscured.has(this.observer.client)) this.checkMembership(connection, order, seq);
    this.advance(connection, order, seq);
  }

  private checkMembership(connection: number, order: RoomOrder, seq: number): void {
    const { client } = this.observer;
    const membership = order.membershipAt(client, seq);
    if (membership === undefined) this.report('I3', `${this.at(order)} got ${seq}, from outside its membership`);
    else this.checkGap(connection, order, membership.from, seq);
  }

  /** Everything before `seq`, since joining, came on this connection or, before its first frame, was covered earlier. */
  private checkGap(connection: number, order: RoomOrder, joinedAfter: number, seq: number): void {
    const before = this.last.get(`${connection}/${order.name}`) ?? this.covered.get(order.name) ?? 0;
    const missing = order.firstBetween(Math.max(before, joinedAfter), seq);
    if (missing !== undefined) this.report('I2', `${this.at(order)}, connection ${connection}: ${seq} came without ${missing}`);
  }

  private acceptOverflow(connection: number, { data }: Frame): void {
    const rooms = data.rooms ?? [];
    const total = rooms.reduce((sum, { dropped }) => sum + dropped, 0);
    if (total !== data.dropped) this.report('I4', `${observerKey(this.observer)}: ${data.dropped} dropped in all, ${total} by room`);
    for (const range of rooms) this.acceptRange(connection, range, milliseconds(data.timestamp) ?? Infinity);
  }

  private acceptRange(connection: number, range: DroppedRoom, at: number): void {
    const { room_id: name, from_seq: from, to_seq: to, dropped } = range;
    const order = this.orders.get(name);
    const membership = order?.membershipAt(this.observer.client, to);
    if (order === undefined || (membership === undefined && !order.obscured.has(this.observer.client))) {
      this.report('I4', `${observerKey(this.observer)}: ${dropped} dropped from ${name}, where it is no member`);
      return;
    }
    const last = this.last.get(`${connection}/${name}`);
    if (last !== undefined && from <= last) this.report('I4', `${this.at(order)}: ${from} to ${to} dropped, and ${last} had been delivered`);
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((seq) => order.entries.has(seq));
    if (numbers.length !== dropped) this.report('I4', `${this.at(order)}: ${dropped} dropped from ${from} to ${to}, where ${numbers.length} stand`);
    if (membership !== undefined) this.checkGap(connection, order, membership.from, from);
    const newest = order.entries.get(to)?.at;
    if (newest !== undefined) this.checkOldest(order, to, newest, at);
    this.advance(connection, order, to);
  }

  /** What was dropped was outside the newest of the queue at that time. */
  private checkOldest(order: RoomOrder, seq: number, newest: number, at: number): void {
    const { queueMax, timeSlackMs } = this.allowed;
    let newer = 0;
    for (const other of this.orders.values()) {
      for (let next = other.head; next > 0 && newer < queueMax; next--) {
        if (other === order && next === seq) break;
        const entry = other.entries.get(next);
        if (entry === undefined || !this.receives(other, next)) continue;
        if (entry.at !== undefined && entry.at < newest - timeSlackMs) break;
        if (entry.at === undefined || entry.at <= at) newer++;
      }
    }
    if (newer < queueMax) this.report('I4', `${this.at(order)}: ${seq} was dropped with only ${newer} newer ones`);
  }

  private receives(order: RoomOrder, seq: number): boolean {
    const { client } = this.observer;
    return order.obscured.has(client) || order.membershipAt(client, seq) !== undefined;
  }

  private advance(connection: number, order: RoomOrder, seq: number): void {
    this.last.set(`${connection}/${order.name}`, seq);
    this.covered.set(order.name, Math.max(this.covered.get(order.name) ?? 0, seq));
  }

  private at({ name }: RoomOrder): string {
    return `${name}: ${observerKey(this.observer)}`;
  }
}
