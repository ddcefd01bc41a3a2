// What one client has received of its room: every number once, in order, and how long each took.
import { monotonicMicros } from '../content.mjs';
import { Histogram } from './histogram.mjs';

const SPACE = 32;

/** All receivers of a process. */
export class Receivers {
  latencies = new Histogram();
  all = [];
  /** Receivers that have all they expect. */
  finished = 0;
  deliveries = 0;
  /** Of the messages that came compressed: how many, and the bytes of their payloads as they were sent. */
  compressedDeliveries = 0;
  compressedBytes = 0;
  /** Anything lost, repeated or out of order, and any connection that ended. */
  faults = [];
  /** When the chunk that is being read arrived: microseconds. */
  now = 0;
  onChange = () => {};
  /** Publishers overtake each other: the first receiver of a room says what its order is, and all others must see the same. */
  isConcurrent = false;
  orders = new Map();

  tick() {
    this.now = monotonicMicros();
  }

  /** From now on `counts[room]` more are expected in each room (or the same number in all). */
  expect(counts) {
    this.finished = 0;
    for (const receiver of this.all) {
      if (!receiver.reads) continue;
      receiver.target += typeof counts === 'number' ? counts : (counts[receiver.room] ?? 0);
      if (receiver.next === receiver.target) this.finished++;
    }
  }

  orderOf(room) {
    if (!this.orders.has(room)) this.orders.set(room, { numbers: [], seen: new Set() });
    return this.orders.get(room);
  }

  get readers() {
    return this.all.reduce((count, { reads }) => count + (reads ? 1 : 0), 0);
  }

  fault(reason) {
    this.faults.push(reason);
    this.onChange();
  }
}

export class Receiver {
  next = 0;
  target = 0;

  constructor(receivers, seat) {
    this.receivers = receivers;
    this.room = seat.room;
    this.client = seat.client;
    this.reads = seat.reads !== false;
    this.order = receivers.orderOf(seat.room);
    receivers.all.push(this);
  }

  /** A notification whose content begins at `offset`. */
  notification(bytes, offset) {
    let i = offset;
    let number = 0;
    let digit;
    while ((digit = bytes[i++]) !== SPACE) number = number * 10 + digit - 48;
    let sent = 0;
    while ((digit = bytes[i++]) !== SPACE) sent = sent * 10 + digit - 48;
    const { receivers } = this;
    receivers.latencies.record(receivers.now - sent);
    receivers.deliveries++;
    if (receivers.isConcurrent ? !this.isNextForAll(number) : number !== this.next) {
      receivers.fault(`${this.client} in room ${this.room} got ${number} in place ${this.next}`);
    }
    this.next++;
    if (this.next === this.target) {
      receivers.finished++;
      receivers.onChange();
    } else if (this.next > this.target) receivers.fault(`${this.client} in room ${this.room} got ${number}, which was not yet published`);
  }

  /** The message that is read next came in so many bytes. */
  compressed(bytes) {
    this.receivers.compressedDeliveries++;
    this.receivers.compressedBytes += bytes;
  }

  /** Whether this number is new at the head of the room's order, or the one that others have got in this place. */
  isNextForAll(number) {
    const { numbers, seen } = this.order;
    if (this.next < numbers.length) return numbers[this.next] === number;
    if (seen.has(number)) return false;
    seen.add(number);
    numbers.push(number);
    return true;
  }

  /** Whoever does not read may be cut off. */
  fault(reason) {
    if (this.reads) this.receivers.fault(`${this.client}: ${reason}`);
  }
}
