// Fan-out to a hundred thousand connections: timers have their turn in between, and everybody gets what is theirs in order.
import { describe, expect, it } from 'vitest';
import { receiveFrames } from '../../test/support/received-frames.js';
import { VirtualClock } from '../../test/support/log-model/virtual-clock.js';
import { DeliveryHub } from './delivery-hub.js';
import { FAN_OUT_SLICE, WINDOW_NOTIFICATIONS } from './delivery-options.js';
import type { DeliveryStream } from './delivery-stream.js';
import type { PingedFrames } from './encoded-chunk.js';
import type { FrameSink } from './frame-sink.interface.js';
import type { AppendedEntry, MembershipChange } from './log-entry.js';
import type { QueueReader } from './queue.js';

const CONNECTIONS = 100_000;
const TENANT = 't';
const ROOM = 'r';
/** A slice when entries come, and one when the first turn comes. */
const MOST_IN_ONE_TURN = 2 * FAN_OUT_SLICE;

const nobodyReads: QueueReader = { readQueue: () => Promise.reject(new Error('everything is in the tail')) };

/** The numbers in a buffer; many get the same one. */
const numbers = new WeakMap<Buffer, readonly number[]>();
function numbersIn(frames: Buffer): readonly number[] {
  let found = numbers.get(frames);
  if (found === undefined) {
    found = receiveFrames(frames).texts.map((text) => (JSON.parse(text) as { seq: number }).seq);
    numbers.set(frames, found);
  }
  return found;
}

class Member implements FrameSink {
  readonly bufferedBytes = 0;
  readonly received: number[] = [];
  stream!: DeliveryStream;

  constructor(
    readonly clientId: string,
    /** The number before the first that it is to get. */
    readonly after: number,
    private readonly written: () => void,
  ) {}

  write(frames: Buffer): void {
    this.received.push(...numbersIn(frames));
    this.written();
  }

  writeWithPing(frames: Buffer): void {
    this.write(frames);
  }

  writePinged({ frames }: PingedFrames): void {
    this.write(frames);
  }

  ping(): void {
    throw new Error('nobody is asked as long as little was written');
  }

  close(): void {
    throw new Error('nobody is closed');
  }
}

class LargeRoom {
  readonly members: Member[] = [];
  writes = 0;
  /** The most connections that were written to without anything else having had its turn. */
  mostInOneTurn = 0;
  private inThisTurn = 0;
  private head = 0;
  /** Feeds that rest. */
  private readonly resting: (() => void)[] = [];
  private readonly hub = new DeliveryHub(
    nobodyReads,
    {
      queueMax: 1_000,
      sendBufferMaxBytes: 1e6,
      windowNotifications: WINDOW_NOTIFICATIONS,
      ackIntervalMs: 1_000,
      ackSettleMs: 2_000,
      heartbeatIntervalMs: 25_000,
      heartbeatTimeoutMs: 60_000,
      tailCacheBytes: 1e7,
      compressionThresholdBytes: 0,
      fanOutSlice: FAN_OUT_SLICE,
    },
    new VirtualClock(),
    { overflowed: () => undefined, presenceMissed: () => undefined, readFailed: () => undefined, audienceFailed: () => undefined },
    (run, delayMs) => (delayMs === 0 ? setImmediate(run) : this.resting.push(run)),
  );

  connect(clientId: string, after = this.head): Member {
    const member = new Member(clientId, after, () => this.countWrite());
    const opening = this.hub.beginOpening({ tenant: TENANT, clientId, device: '' });
    const queue = { logs: [{ log: ROOM, after, head: this.head, memberCount: CONNECTIONS }], known: true, presencePosition: 0 };
    member.stream = this.hub.open(opening, queue, 'transport', member);
    this.members.push(member);
    return member;
  }

  publish(count = 1): void {
    this.hub.accept(Array.from({ length: count }, () => this.entry()));
  }

  change(kind: 'joined' | 'left', clientId: string): void {
    this.hub.accept([this.entry({ kind, clientId })]);
  }

  cut({ stream }: Member): void {
    this.hub.close(stream, 'broken');
  }

  /** Everything else has its turn. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.inThisTurn = 0;
  }

  /** Ends when nothing is left to write but what comes after a rest. */
  async sweep(): Promise<void> {
    for (let before = -1; before !== this.writes; await this.turn()) before = this.writes;
  }

  async finish(): Promise<void> {
    do {
      for (const wake of this.resting.splice(0)) wake();
      await this.sweep();
    } while (this.resting.length > 0);
  }

  numbersAfter(after: number, through = this.head): number[] {
    return Array.from({ length: through - after }, (_, i) => after + i + 1);
  }

  private entry(change?: MembershipChange): AppendedEntry {
    const seq = ++this.head;
    const type = change === undefined ? 'message' : 'room_update';
    return { tenant: TENANT, log: ROOM, seq, memberCount: CONNECTIONS, entry: { seq, incarnation: 0, type, data: '{}', at: 0 }, ...(change && { change }) };
  }

  private countWrite(): void {
    this.writes++;
    this.mostInOneTurn = Math.max(this.mostInOneTurn, ++this.inThisTurn);
  }
}

/** Those who are looked at last were there first. */
function roomOf(connections: number): LargeRoom {
  const room = new LargeRoom();
  for (let i = 0; i < connections; i++) room.connect(`c${i}`);
  return room;
}

describe('fan-out to a hundred thousand connections', () => {
  it('lets timers have their turn in between', async () => {
    const room = roomOf(CONNECTIONS);
    const writesAtTimers: number[] = [];
    const timer = setInterval(() => writesAtTimers.push(room.writes), 1);
    room.publish();
    await room.finish();
    clearInterval(timer);
    expect(room.writes).toBe(CONNECTIONS);
    expect(writesAtTimers.filter((writes) => writes < CONNECTIONS).length).toBeGreaterThan(3);
    expect(room.mostInOneTurn).toBeLessThanOrEqual(MOST_IN_ONE_TURN);
  });

  it('gives everybody everything in order, whoever joins, leaves, connects or breaks off meanwhile', async () => {
    const room = roomOf(CONNECTIONS);
    const left = new Map<Member, number>();
    const cut = new Set<Member>();
    const last = { joined: 0 };
    const leave = (member: Member, seq: number): void => {
      room.change('left', member.clientId);
      left.set(member, seq);
    };
    const [early, late] = [room.members[10], room.members[CONNECTIONS - 10]];
    room.publish(2);
    await room.turn();
    leave(early, 3);
    leave(late, 4);
    await room.turn();
    for (const member of room.members.slice(1_000, 3_000)) {
      room.cut(member);
      cut.add(member);
    }
    const reconnected = room.connect('c1000', 0);
    const stranger = room.connect('stranger');
    room.publish(2);
    await room.turn();
    room.change('joined', late.clientId);
    last.joined = 7;
    room.publish(1);
    await room.finish();

    const wrong = room.members.filter((member) => {
      const all = member === late ? [...room.numbersAfter(0, 4), ...room.numbersAfter(last.joined - 1)] : room.numbersAfter(member.after, left.get(member));
      const expected = cut.has(member) ? all.slice(0, member.received.length) : all;
      return member.received.join() !== expected.join();
    });
    expect(wrong.slice(0, 5).map(({ clientId, received }) => ({ clientId, received }))).toEqual([]);
    expect(reconnected.received).toEqual(room.numbersAfter(0));
    expect(stranger.received).toEqual([5, 6, 7, 8]);
    expect(room.mostInOneTurn).toBeLessThanOrEqual(MOST_IN_ONE_TURN);
  });

  it('writes once what several batches bring to those who have not had their turn', async () => {
    const room = roomOf(CONNECTIONS);
    room.publish();
    for (let i = 0; i < 50; i++) room.publish();
    await room.finish();
    expect(room.members.every(({ received }) => received.length === 51)).toBe(true);
    // The first slice was written to before the others were there.
    expect(room.writes).toBe(CONNECTIONS + FAN_OUT_SLICE);
  });

  it('gathers what comes while a large room rests from the last write to everybody', async () => {
    const room = roomOf(FAN_OUT_SLICE);
    room.publish();
    for (let i = 0; i < 50; i++) room.publish();
    await room.sweep();
    expect(room.writes).toBe(FAN_OUT_SLICE);
    await room.finish();
    expect(room.writes).toBe(2 * FAN_OUT_SLICE);
    expect(room.members.every(({ received }) => received.length === 51)).toBe(true);
  });

  it('lets a small room have its turn at once, always', () => {
    const room = roomOf(50);
    for (let i = 0; i < 50; i++) room.publish();
    expect(room.writes).toBe(50 * 50);
  });
});
