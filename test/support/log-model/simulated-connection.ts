// One connection from the hub's sink to its peer: a send buffer, a wire, a peer that answers pings, and the way back.
import type { AcknowledgementMode, DeliveryOptions, DeliveryStream, DroppedRange, FrameSink, PingedFrames, QueueOwner } from '../../../src/log/index.js';
import { WINDOW_BYTES, WINDOW_GROWTH } from '../../../src/log/index.js';
import { encodePingFrame, encodeTextFrame } from '../../../src/protocol/index.js';
import { type AudienceHistory, isFor } from './model-audience.js';
import type { Membership } from './model-log.js';
import { Reception } from './reception.js';
import type { VirtualClock } from './virtual-clock.js';
import { overflowText, readFrames, type WireFrame } from './wire-frames.js';

/** How a peer answers pings. */
export type PongHabit = 'answers' | 'garbles' | 'garbles-once' | 'silent';

/** How a connection ended. */
export type Ending = 'handshake' | 'answered' | 'broken';

interface Packet {
  readonly frames?: Buffer;
  readonly notifications?: true;
  readonly ping?: Uint8Array;
  readonly close?: true;
}

const GARBLED = Buffer.from('garbled!');
const UNSOLICITED = Buffer.from('heartbeat');

/** Past so much, a socket says when it has drained (as Node's do). */
const HIGH_WATER_MARK = 1_000;

/** Reports whatever breaks a promise at once: `broken` is called with the sentence. */
export class SimulatedConnection implements FrameSink {
  stream: DeliveryStream | undefined;
  /** Frames can still be written. */
  writable = true;
  ending: Ending | undefined;
  endedAt = Infinity;
  /** Does not read: its send buffer stays full. */
  stuck = false;
  /** Sent pongs that answer nothing. */
  unsolicitedPongs = 0;
  /** It has answered a ping with something else, and answers rightly now. */
  hasGarbled = false;
  /** Has answered the closing handshake. */
  closeAnswered = false;
  bufferedBytes = 0;
  readonly written = new Reception();
  readonly arrived = new Reception();
  /** What the peer acknowledged by frames. */
  readonly acknowledged = new Map<string, number>();
  /** Positions of statuses that it was not told because they are not for its audience. */
  readonly statusesLeftOut: number[] = [];
  /** The positions it began at, in the memberships of that time. */
  starts: ReadonlyMap<Membership, number> = new Map();
  /** The memberships of its client that were there when its queue was opened. */
  memberships: ReadonlySet<Membership> = new Set();

  private outgoing: Packet[] = [];
  private wire: Packet[] = [];
  private pongs: Uint8Array[] = [];
  private needsDrain = false;
  /** What of the send buffer is notifications: the one ping and the reports that may stand in it too are small. */
  private bufferedNotificationBytes = 0;
  private outstanding: { readonly notifications: number; readonly bytes: number }[] = [];
  private notifications = 0;
  private bytes = 0;
  private acknowledgedNotifications = 0;
  private acknowledgedBytes = 0;
  /** Notifications that may be unacknowledged: more for who acknowledges when it could be given no more. */
  private window: number;

  constructor(
    readonly name: string,
    readonly owner: QueueOwner,
    readonly mode: AcknowledgementMode,
    public habit: PongHabit,
    readonly audiences: AudienceHistory,
    /** Has negotiated compression. */
    private readonly compressed: boolean,
    private readonly clock: VirtualClock,
    private readonly limits: Pick<DeliveryOptions, 'sendBufferMaxBytes' | 'windowNotifications'>,
    private readonly broken: (sentence: string) => void,
  ) {
    this.window = limits.windowNotifications;
  }

  get isOpen(): boolean {
    return this.ending === undefined;
  }

  /** Nothing is under way in either direction, as far as the peer cooperates. */
  get idle(): boolean {
    return this.outgoing.length === 0 && this.wire.length === 0 && this.pongs.length === 0 && !this.closeAnswered;
  }

  write(frames: Buffer): void {
    if (!this.writable) return;
    this.checkBackPressure();
    this.send({ frames, notifications: true });
    this.bytes += frames.length;
    this.bufferedNotificationBytes += frames.length;
    for (const frame of readFrames(frames)) {
      this.notifications++;
      this.checkFrame(frame);
      this.written.note(frame, this.clock.now());
    }
  }

  writeWithPing(frames: Buffer, nonce: Uint8Array): void {
    this.write(frames);
    this.ping(nonce);
  }

  writePinged({ frames, nonce, bytes }: PingedFrames): void {
    if (!bytes.equals(Buffer.concat([frames, encodePingFrame(nonce)]))) this.broken(`${this.name} was given frames and a ping in a buffer that holds others`);
    this.writeWithPing(frames, nonce);
  }

  ping(nonce: Uint8Array): void {
    if (!this.writable) return;
    this.outstanding.push({ notifications: this.notifications, bytes: this.bytes });
    if (this.outstanding.length > 1 + this.unsolicitedPongs) this.broken(`${this.name}: ${this.outstanding.length} pings outstanding`);
    this.send({ ping: Uint8Array.from(nonce) });
  }

  close(): void {
    if (this.writable) this.send({ close: true });
    this.writable = false;
  }

  /** Writes the frame that reports what fell out of the queue. */
  report(ranges: readonly DroppedRange[]): void {
    if (!this.writable) return;
    const frames = encodeTextFrame(overflowText(ranges));
    this.send({ frames });
    for (const frame of readFrames(frames)) this.written.note(frame, this.clock.now());
  }

  /** Lets packets leave the send buffer. */
  transmit(count: number): void {
    if (this.stuck) return;
    for (const packet of this.outgoing.splice(0, count)) {
      this.bufferedBytes -= sizeOf(packet);
      if (packet.notifications) this.bufferedNotificationBytes -= sizeOf(packet);
      this.wire.push(packet);
    }
    if (this.outgoing.length > 0 || !this.needsDrain) return;
    this.needsDrain = false;
    this.stream?.resume();
  }

  /** Lets packets arrive at the peer. */
  arrive(count: number): void {
    for (const { frames, ping, close } of this.wire.splice(0, count)) {
      if (frames !== undefined) for (const frame of readFrames(frames)) this.arrived.note(frame, this.clock.now());
      if (ping !== undefined) this.answer(ping);
      if (close) this.closeAnswered = true;
    }
  }

  /** The peer sends a pong that nobody asked for (RFC 6455 §5.5.3 allows it). */
  sendUnsolicitedPong(): void {
    this.unsolicitedPongs++;
    this.pongs.push(UNSOLICITED);
  }

  /** Takes the pong that comes next out of the way back. */
  takePong(): Uint8Array | undefined {
    const pong = this.pongs.shift();
    const marked = this.outstanding[0];
    if (pong === undefined || marked === undefined || pong === UNSOLICITED) return pong;
    this.outstanding.shift();
    if (pong !== GARBLED) this.acknowledge(marked);
    return pong;
  }

  /** The connection is over, and with it everything that was under way. */
  end(ending: Ending): void {
    this.ending = ending;
    this.endedAt = this.clock.now();
    this.writable = false;
    this.outgoing = [];
    this.wire = [];
    this.pongs = [];
    this.closeAnswered = false;
  }

  private acknowledge({ notifications, bytes }: { readonly notifications: number; readonly bytes: number }): void {
    const { windowNotifications } = this.limits;
    const hadNoRoom = this.notifications - this.acknowledgedNotifications >= this.window;
    this.acknowledgedNotifications = notifications;
    this.acknowledgedBytes = bytes;
    if (hadNoRoom) this.window = WINDOW_GROWTH * windowNotifications;
    else if (this.notifications - notifications < windowNotifications) this.window = windowNotifications;
  }

  private send(packet: Packet): void {
    this.outgoing.push(packet);
    this.bufferedBytes += sizeOf(packet);
    if (this.bufferedBytes >= HIGH_WATER_MARK) this.needsDrain = true;
  }

  private answer(ping: Uint8Array): void {
    if (this.habit === 'silent') return;
    this.pongs.push(this.habit === 'answers' ? ping : GARBLED);
    if (this.habit !== 'garbles-once') return;
    this.habit = 'answers';
    this.hasGarbled = true;
  }

  private checkFrame(frame: WireFrame): void {
    if (frame.kind === 'overflow') return;
    if (frame.kind === 'entry' && frame.compressed && !this.compressed) this.broken(`${this.name} was given a compressed ${frame.type} and has not asked for it`);
    const [type, log] = frame.kind === 'entry' ? [frame.type, frame.log] : ['client_status', ''];
    const { current } = this.audiences;
    if (!isFor(current, type, log, () => JSON.parse(frame.payload.toString()))) this.broken(`${this.name} was given a ${type} that is not for ${current?.key}`);
  }

  private checkBackPressure(): void {
    const buffered = this.bufferedNotificationBytes;
    if (buffered > this.limits.sendBufferMaxBytes) this.broken(`${this.name} was written to with ${buffered} bytes in its buffer`);
    if (this.habit === 'garbles' || this.unsolicitedPongs > 0) return;
    const unacknowledged = this.notifications - this.acknowledgedNotifications;
    const bytes = this.bytes - this.acknowledgedBytes;
    if (unacknowledged >= this.window) this.broken(`${this.name} was written to with ${unacknowledged} notifications unacknowledged`);
    if (bytes >= WINDOW_BYTES) this.broken(`${this.name} was written to with ${bytes} bytes unacknowledged`);
  }
}

function sizeOf({ frames, ping, close }: Packet): number {
  return (frames?.length ?? 0) + (ping === undefined ? 0 : ping.length + 2) + (close ? 4 : 0);
}
