// What a connection has been sent and has not acknowledged, and the one ping that may be outstanding.
import type { DeliveryMeter } from './delivery-meter.js';
import { PING_AFTER_BYTES, PING_AFTER_NOTIFICATIONS, WINDOW_BYTES, WINDOW_GROWTH } from './delivery-options.js';
import type { Subscription } from './subscription.js';

/** What one pong acknowledged, waiting to settle. */
interface SettlingMark {
  readonly at: number;
  readonly subscriptions: Subscription[];
  readonly seqs: number[];
}

/** Times are kept as milliseconds since the process began: small integers, which V8 keeps in the window itself, as long as it is no older than 24 days. */
const EPOCH = Date.now();

/** Pongs that come within this share of the settling time of each other settle together. */
const SETTLE_STEPS = 8;

/** How long after its first pong a mark may settle, ms: then its last pong is `settleMs` old too. */
export function settleDelay(settleMs: number): number {
  return settleMs + settleMs / SETTLE_STEPS;
}

/**
 * Acknowledgement by transport (RFC 6455 §5.5.3: a pong carries its ping's payload, so it proves that everything
 * written before the ping has arrived). At most one ping is outstanding.
 */
export class AcknowledgementWindow {
  private touched: Subscription[] = [];
  private marked: Subscription[] = [];
  private settling: SettlingMark[] = [];
  private nonce: Uint8Array | undefined;
  private garbledInARow = 0;
  /** Notifications that may be unacknowledged now. */
  private limit: number;

  /** Something else than the echo of the outstanding ping came back. */
  mismatched = false;

  private sent = 0;
  private sentBytes = 0;
  private markedSent = 0;
  private markedBytes = 0;
  /** Notifications since the last ping that were published while the connection was there, and the oldest of these: milliseconds since {@link EPOCH}. */
  private fresh = 0;
  private freshSince = 0;
  private markedFresh = 0;
  private markedFreshSince = 0;
  private readonly openedSince: number;
  private acknowledged = 0;
  private acknowledgedBytes = 0;
  private pinged = 0;
  private pingedBytes = 0;

  /** The peer garbled two pongs in a row: its cursor stays, the next connection repeats. */
  cannotAcknowledge = false;

  /** @param minNotifications past so many unacknowledged ones it is not {@link open}, unless it has grown: see {@link pong} */
  constructor(
    private readonly settleMs: number,
    private readonly minNotifications: number,
    /** When the connection began, of the clock by which notifications are published. */
    openedAt = 0,
  ) {
    this.openedSince = Math.max(0, openedAt - EPOCH);
    this.limit = minNotifications;
  }

  /**
   * Notes that `count` notifications of `bytes` were written, up to the subscription's `sentSeq`.
   *
   * @param publishedAt the oldest of them; 0 when nobody measures how old they are
   */
  note(subscription: Subscription, count: number, bytes: number, publishedAt = 0): void {
    this.sent += count;
    this.sentBytes += bytes;
    const since = publishedAt - EPOCH;
    if (since > 0 && since >= this.openedSince) {
      if (this.fresh === 0 || since < this.freshSince) this.freshSince = since;
      this.fresh += count;
    }
    if (!subscription.touched) {
      subscription.touched = true;
      this.touched.push(subscription);
    }
  }

  /** A ping is outstanding. */
  get outstanding(): boolean {
    return this.nonce !== undefined;
  }

  /** Something was written that no ping has asked for. */
  get unasked(): boolean {
    return this.touched.length > 0;
  }

  /** So much was written since the last ping that the next should not wait. */
  get pingDue(): boolean {
    return (
      this.nonce === undefined &&
      (this.sent - this.pinged >= PING_AFTER_NOTIFICATIONS || this.sentBytes - this.pingedBytes >= PING_AFTER_BYTES)
    );
  }

  /** Notifications that were written and are not acknowledged. */
  get unacknowledged(): number {
    return this.sent - this.acknowledged;
  }

  /** More may be written before an acknowledgement comes. */
  get open(): boolean {
    return this.cannotAcknowledge || (this.unacknowledged < this.limit && this.sentBytes - this.acknowledgedBytes < WINDOW_BYTES);
  }

  /** At least half of it is free: worth beginning to write again. */
  get halfOpen(): boolean {
    return (
      this.cannotAcknowledge ||
      (this.unacknowledged <= this.limit / 2 && this.sentBytes - this.acknowledgedBytes <= WINDOW_BYTES / 2)
    );
  }

  /** Notifications that may still be written. */
  get freeNotifications(): number {
    return this.cannotAcknowledge ? this.limit : Math.max(0, this.limit - this.unacknowledged);
  }

  /** Bytes that may still be written. */
  get freeBytes(): number {
    return this.cannotAcknowledge ? WINDOW_BYTES : Math.max(0, WINDOW_BYTES - (this.sentBytes - this.acknowledgedBytes));
  }

  /** A ping with this payload is being written now: it stands for everything written so far. */
  mark(nonce: Uint8Array): void {
    this.nonce = nonce;
    for (const subscription of this.touched) {
      subscription.touched = false;
      subscription.markedSeq = subscription.sentSeq;
    }
    this.marked = this.touched;
    this.touched = [];
    this.pinged = this.markedSent = this.sent;
    this.pingedBytes = this.markedBytes = this.sentBytes;
    this.markedFresh = this.fresh;
    this.markedFreshSince = this.freshSince;
    this.fresh = 0;
  }

  /**
   * A pong came. Only the exact echo of the outstanding ping counts; anything else may be a heartbeat of the peer's own
   * (RFC 6455 §5.5.3 allows it), or the echo garbled: `giveUp` decides when the echo does not follow.
   *
   * Who acknowledges a full window reads, and has more to get: its window is larger then, until an acknowledgement finds it not full.
   * Who never acknowledges, or keeps up, gets no more than the network holds.
   *
   * @param meter told of what is acknowledged
   * @returns `settling` when a new mark began to settle, which is due after {@link settleDelay}
   */
  pong(payload: Uint8Array, now: number, meter?: DeliveryMeter): 'acknowledged' | 'settling' | 'ignored' | 'mismatched' {
    const nonce = this.nonce;
    if (nonce === undefined) return 'ignored';
    if (Buffer.compare(payload, nonce) !== 0) {
      this.mismatched = true;
      return 'mismatched';
    }
    this.nonce = undefined;
    this.mismatched = false;
    this.garbledInARow = 0;
    const wasFull = this.unacknowledged >= this.limit;
    meter?.acknowledges('transport', this.markedSent - this.acknowledged, this.markedFresh, this.markedFreshSince + EPOCH);
    this.acknowledged = this.markedSent;
    this.acknowledgedBytes = this.markedBytes;
    if (wasFull) this.limit = this.minNotifications * WINDOW_GROWTH;
    else if (this.unacknowledged < this.minNotifications) this.limit = this.minNotifications;
    const { marked } = this;
    this.marked = [];
    if (this.cannotAcknowledge) return 'acknowledged';
    const newest = this.settling.at(-1);
    if (newest !== undefined && now - newest.at < this.settleMs / SETTLE_STEPS) {
      collect(newest, marked);
      return 'acknowledged';
    }
    const mark: SettlingMark = { at: now, subscriptions: [], seqs: [] };
    collect(mark, marked);
    if (mark.seqs.length === 0) return 'acknowledged';
    this.settling.push(mark);
    return 'settling';
  }

  /**
   * The outstanding ping was answered with something else, and no echo followed: what it stood for is asked for again,
   * once.
   *
   * @returns whether the peer is found now to be one that cannot acknowledge
   */
  giveUp(): boolean {
    this.nonce = undefined;
    this.mismatched = false;
    if (this.markedFresh > 0 && (this.fresh === 0 || this.markedFreshSince < this.freshSince)) this.freshSince = this.markedFreshSince;
    this.fresh += this.markedFresh;
    const { marked } = this;
    this.marked = [];
    if (this.cannotAcknowledge) return false;
    if (++this.garbledInARow >= 2) {
      this.cannotAcknowledge = true;
      return true;
    }
    for (const subscription of marked) {
      if (subscription.touched) continue;
      subscription.touched = true;
      this.touched.push(subscription);
    }
    return false;
  }

  /** Settles the oldest mark: its positions may go into the cursors. Returns the subscriptions that were raised. */
  settleOldest(): readonly Subscription[] {
    const mark = this.settling.shift();
    if (mark === undefined) return [];
    for (let i = 0; i < mark.seqs.length; i++) {
      const subscription = mark.subscriptions[i];
      subscription.settledSeq = Math.max(subscription.settledSeq, mark.seqs[i]);
    }
    return mark.subscriptions;
  }

  /** The connection ended with a closing handshake: everything acknowledged is settled. */
  settleAll(): readonly Subscription[] {
    const raised: Subscription[] = [];
    while (this.settling.length > 0) raised.push(...this.settleOldest());
    return raised;
  }

  /** The peer answered our close frame, which stood behind everything written: all of it has arrived. */
  acknowledgeAll(): void {
    if (this.cannotAcknowledge) return;
    const mark: SettlingMark = { at: 0, subscriptions: [], seqs: [] };
    for (const subscription of this.touched) subscription.markedSeq = subscription.sentSeq;
    collect(mark, this.marked);
    collect(mark, this.touched);
    this.settling.push(mark);
    this.marked = [];
    this.touched = [];
  }
}

/** Adds what a ping stood for to a mark. */
function collect(mark: SettlingMark, marked: readonly Subscription[]): void {
  for (const subscription of marked) {
    if (!subscription.settlesByTransport) continue;
    mark.subscriptions.push(subscription);
    mark.seqs.push(subscription.markedSeq);
  }
}
