// The one order of a room, put together from what all clients saw and all publishers were answered.
import { isOrdered, orderOf, type Frame, type OrderedFrame } from './frame.js';
import type { HistoryEvent } from './history.js';

/** An entry of an order. */
export interface OrderEntry {
  /** The notification's id; undefined while only its publisher has told of it. */
  id: string | undefined;
  /** Milliseconds since the epoch; undefined for notifications whose data has no timestamp. */
  at: number | undefined;
}

/** A stretch of an order in which a client was a member: it receives what comes after `from`, up to and including `to`. */
export interface MembershipInterval {
  from: number;
  to: number;
}

/** One order, by `seq`. */
export class RoomOrder {
  readonly entries = new Map<number, OrderEntry>();
  /** The highest `seq` that anybody saw or was answered. */
  head = 0;
  /** Changes of membership that took a number and were shown to nobody. */
  silentChanges = 0;
  /** Clients whose membership changed silently, so that only the server knows from where to where it reaches. */
  readonly obscured = new Set<string>();
  private readonly intervals = new Map<string, MembershipInterval[]>();
  private readonly changes: { seq: number; event: string; client: string }[] = [];

  constructor(
    readonly name: string,
    private readonly firstMembers: Set<string>,
  ) {}

  /** Notes an entry; the first one that told of a number stays. */
  note(seq: number, entry: OrderEntry): void {
    this.entries.set(seq, entry);
    this.head = Math.max(this.head, seq);
  }

  /** Somebody was there from the beginning. */
  begin(client: string): void {
    this.firstMembers.add(client);
  }

  /** Notes a change of membership that somebody saw. */
  change(seq: number, event: string, client: string): void {
    this.changes.push({ seq, event, client });
  }

  /** To be called once everything is noted: works out who was a member from where to where. */
  close(): void {
    for (const client of this.firstMembers) this.intervals.set(client, [{ from: 0, to: Infinity }]);
    for (const { seq, event, client } of this.changes.sort((a, b) => a.seq - b.seq)) {
      if (event === 'client_joined') this.join(client, seq);
      else if (event === 'client_left') this.leave(client, seq);
      else if (event === 'room_deleted') for (const member of this.intervals.keys()) this.leave(member, seq);
    }
  }

  /** The membership that an entry falls into. */
  membershipAt(client: string, seq: number): MembershipInterval | undefined {
    return this.intervals.get(client)?.find(({ from, to }) => from < seq && seq <= to);
  }

  /** The membership that has not ended. */
  currentMembership(client: string): MembershipInterval | undefined {
    return this.intervals.get(client)?.find(({ to }) => to === Infinity);
  }

  /** The first number between two others, both exclusive, that holds an entry. */
  firstBetween(after: number, before: number): number | undefined {
    for (let seq = after + 1; seq < before; seq++) if (this.entries.has(seq)) return seq;
    return undefined;
  }

  /** How far times go back from one entry to any that follows it, ms; 0 where they never do. */
  get backwardsMs(): number {
    let [newest, backwards] = [-Infinity, 0];
    for (let seq = 1; seq <= this.head; seq++) {
      const at = this.entries.get(seq)?.at;
      if (at === undefined) continue;
      backwards = Math.max(backwards, newest - at);
      newest = Math.max(newest, at);
    }
    return backwards;
  }

  /** Numbers up to the head that nobody has told of. */
  unseen(): number[] {
    const missing: number[] = [];
    for (let seq = 1; seq <= this.head; seq++) if (!this.entries.has(seq)) missing.push(seq);
    return missing;
  }

  private join(client: string, seq: number): void {
    if (this.currentMembership(client) !== undefined) return;
    this.intervals.set(client, [...(this.intervals.get(client) ?? []), { from: seq - 1, to: Infinity }]);
  }

  private leave(client: string, seq: number): void {
    const current = this.currentMembership(client);
    if (current !== undefined) current.to = seq;
  }
}

/** All orders of a history. At least one client must have seen each entry. */
export function collectOrders(events: readonly HistoryEvent[]): Map<string, RoomOrder> {
  const orders = new Map<string, RoomOrder>();
  const orderNamed = (name: string): RoomOrder => {
    let order = orders.get(name);
    if (order === undefined) orders.set(name, (order = new RoomOrder(name, new Set(name.startsWith('@') ? [name.slice(1)] : []))));
    return order;
  };
  for (const event of events) {
    if (event.kind === 'room') {
      for (const member of event.members) orderNamed(event.room).begin(member);
    } else if (event.kind === 'membership' && event.silent) {
      const order = orderNamed(event.room);
      order.silentChanges++;
      order.obscured.add(event.client);
    } else if (event.kind === 'publish' && event.seq !== undefined) {
      const order = orderNamed(event.room);
      if (!order.entries.has(event.seq)) order.note(event.seq, { id: undefined, at: milliseconds(event.timestamp) });
    } else if (event.kind === 'frame' && isOrdered(event.frame)) {
      noteFrame(orderNamed(orderOf(event.frame)), event.frame);
    }
  }
  for (const order of orders.values()) order.close();
  return orders;
}

function noteFrame(order: RoomOrder, frame: OrderedFrame): void {
  if (order.entries.get(frame.seq)?.id !== undefined) return;
  order.note(frame.seq, { id: frame.id, at: milliseconds(frame.data.timestamp) });
  if (frame.type === 'room_update') order.change(frame.seq, frame.data.event ?? '', frame.data.client_id ?? '');
}

/** A timestamp in milliseconds since the epoch. */
export function milliseconds(timestamp: Frame['data']['timestamp']): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
