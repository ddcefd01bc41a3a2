// Delivery to one connection: the state machine that is replay, recovery, back-pressure and overflow in one.
import { NotificationType, textFramePayload } from '../protocol/index.js';
import { AcknowledgementWindow } from './acknowledgement-window.js';
import type { DeliveryContext } from './delivery-context.js';
import { encodeChunk, type EncodedChunk, type Selection } from './encoded-chunk.js';
import type { FrameSink } from './frame-sink.interface.js';
import type { GuardedAudience } from './guarded-audience.js';
import type { DroppedRange, QueuePage, QueuePosition, QueueRead } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import { Subscription } from './subscription.js';

/**
 * `flowing`: written to, live or by catching up. `waiting`: left alone until the socket drains and enough is
 * acknowledged; its logs go on without it. `closing`: the closing handshake has begun, nothing more is written.
 * `closed`: the end. docs/architecture.md has the diagram.
 */
export type StreamState = 'flowing' | 'waiting' | 'closing' | 'closed';

/** What acknowledges: the pong that every WebSocket client sends by itself, or only the client's own `ack` frames. */
export type AcknowledgementMode = 'transport' | 'client';

/** One connection as the log sees it. */
export class DeliveryStream {
  state: StreamState = 'flowing';
  /** By the log's name. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly window: AcknowledgementWindow;
  /** How far it has been told of presence changes: a position like any other, in no log. */
  readonly presence: Subscription;
  /** A status was not written because it was waiting: it is to be told what it missed before anything newer. */
  presenceMissed = false;
  /** How many statuses were not written, so that whoever tells them sees when more were missed meanwhile. */
  presenceMisses = 0;
  /** When it last gave a sign of life. */
  heardAt: number;
  /** When it began to wait or last made progress since; 0 while it flows. */
  waitingSince = 0;
  /** What its socket's buffer held when it was last looked after. */
  waitingBytes = 0;
  /** It stands in the queue of those to be asked for acknowledgements. */
  askQueued = false;
  /** It stands in the queue of those to be looked after because they wait. */
  watchQueued = false;
  private reading = false;

  constructor(
    readonly owner: QueueOwner,
    readonly mode: AcknowledgementMode,
    readonly sink: FrameSink,
    presencePosition: number,
    /** What it receives; undefined for everything. May change while it is open: what is written from then on follows it. */
    public audience: GuardedAudience | undefined,
    private readonly context: DeliveryContext,
  ) {
    this.window = new AcknowledgementWindow(context.options.ackSettleMs);
    this.presence = new Subscription(this, undefined, presencePosition);
    this.heardAt = context.clock.now();
  }

  /** Nothing is written any more. */
  private get isOver(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  /** Writes frames of one log, up to `through`. The hot path: called once a connection for each chunk. */
  deliver(subscription: Subscription, frames: Buffer, through: number, count: number): void {
    subscription.sentSeq = through;
    const window = this.window;
    window.note(subscription, count, frames.length);
    if (window.pingDue) {
      const nonce = this.context.nonce();
      window.mark(nonce);
      this.sink.writeWithPing(frames, nonce);
    } else {
      this.sink.write(frames);
      if (!this.askQueued) this.context.askLater(this);
    }
    if (!window.open || this.sink.bufferedBytes > this.context.options.sendBufferMaxBytes) this.wait();
  }

  /** Writes what its audience receives of a log up to `through`, and moves past the rest. */
  deliverSelection(subscription: Subscription, { frames, count }: Selection, through: number): void {
    if (count > 0) this.deliver(subscription, frames, through, count);
    else this.skip(subscription, through);
  }

  /** Writes a status at its position among presence changes, or moves past it when its audience does not receive it. */
  deliverStatus(frame: Buffer, position: number): void {
    if (this.audience?.receives(NotificationType.ClientStatus, '', () => readNotification(frame)) ?? true) {
      this.deliver(this.presence, frame, position, 1);
    } else {
      this.skip(this.presence, position);
    }
  }

  /** Writes everything that is behind: from the tails where they reach back far enough, else from the store. */
  catchUp(): void {
    if (this.state !== 'flowing' || this.reading) return;
    let pending = 0;
    const behind: Subscription[] = [];
    for (const [log, subscription] of this.subscriptions) {
      const missing = subscription.head - subscription.sentSeq;
      if (missing > 0) {
        pending += missing;
        behind.push(subscription);
      } else if (subscription.finished) {
        this.subscriptions.delete(log);
      }
    }
    if (behind.length === 0) return;
    if (pending > this.context.options.queueMax || !this.catchUpFromTails(behind)) this.read(behind);
  }

  /** The socket has drained, or something was acknowledged. */
  resume(): void {
    if (this.state !== 'waiting') return;
    if (!this.window.halfOpen || this.sink.bufferedBytes > this.context.options.sendBufferMaxBytes / 2) return;
    this.state = 'flowing';
    this.waitingSince = 0;
    this.context.resumed(this);
    this.catchUp();
  }

  /** Asks for an acknowledgement, or merely whether the peer lives, unless a ping is outstanding. */
  ping(): void {
    if (this.window.outstanding || this.isOver) return;
    const nonce = this.context.nonce();
    this.window.mark(nonce);
    this.sink.ping(nonce);
  }

  /** Moves past numbers that have nothing for this connection. */
  skip(subscription: Subscription, through: number): void {
    if (through <= subscription.sentSeq) return;
    subscription.sentSeq = through;
    this.window.note(subscription, 0, 0);
    if (!this.askQueued) this.context.askLater(this);
  }

  /** A status is not written now. */
  missPresence(): void {
    this.presenceMissed = true;
    this.presenceMisses++;
  }

  /**
   * The closing handshake begins: whoever closes the sink calls this first. Nothing is taken for written from now on,
   * so the peer's answer acknowledges no more than what stood before our close frame.
   */
  stop(): void {
    if (this.state !== 'closed') this.state = 'closing';
  }

  /** A read that failed is tried again. */
  retry(): void {
    this.reading = false;
    this.catchUp();
  }

  private wait(): void {
    if (this.state !== 'flowing') return;
    this.state = 'waiting';
    this.waitingSince = this.context.clock.now();
    this.ping();
    this.context.waiting(this);
  }

  /** Returns false when a tail does not reach back far enough. */
  private catchUpFromTails(behind: readonly Subscription[]): boolean {
    for (const subscription of behind) {
      while (subscription.sentSeq < subscription.head) {
        const chunk = subscription.ended ? undefined : subscription.feed?.tail.after(subscription.sentSeq);
        if (chunk === undefined) return false;
        this.deliverPart(subscription, chunk);
        if (this.state !== 'flowing') return true;
      }
    }
    return true;
  }

  /** Writes as much of a chunk as the window allows, as if its audience received all of it. */
  private deliverPart(subscription: Subscription, chunk: EncodedChunk): void {
    const from = chunk.indexAfter(subscription.sentSeq);
    if (from === chunk.count) {
      this.skip(subscription, chunk.lastSeq);
      return;
    }
    const to = chunk.limit(from, this.window.freeNotifications, this.window.freeBytes);
    const through = chunk.coveredBefore(to);
    if (this.audience === undefined) this.deliver(subscription, chunk.slice(from, to), through, to - from);
    else this.deliverSelection(subscription, chunk.select(this.audience, subscription.log, from, to), through);
  }

  private read(behind: readonly Subscription[]): void {
    this.reading = true;
    const missing = behind.filter((subscription) => subscription.sentSeq < subscription.head);
    const positions: QueuePosition[] = missing.map((subscription) => ({ log: subscription.log, after: subscription.sentSeq }));
    const heads = missing.map((subscription) => subscription.head);
    for (const subscription of missing) subscription.reading = true;
    const { reader } = this.context;
    reader.readQueue(this.owner, positions, this.window.freeNotifications, this.window.freeBytes).then(
      (read) => {
        this.reading = false;
        if (this.isOver) return;
        this.accept(read);
        // What the store no longer has, and does not count as dropped, cannot be waited for.
        if (read.pages.length === 0 && read.dropped.length === 0) missing.forEach((subscription, i) => this.skip(subscription, heads[i]));
        for (const subscription of missing) subscription.reading = false;
        this.catchUp();
      },
      (cause: unknown) => {
        for (const subscription of missing) subscription.reading = false;
        if (!this.isOver) this.context.readFailed(this, cause);
      },
    );
  }

  private accept(read: QueueRead): void {
    const dropped = read.dropped.filter((range) => this.skipDropped(range));
    if (dropped.length > 0) this.context.overflowed(this, dropped);
    for (const page of read.pages) {
      const subscription = this.subscriptionRead(page.log);
      if (subscription !== undefined) this.acceptPage(subscription, page);
    }
  }

  /** None when the log was left meanwhile, even if it was joined again: then the answer speaks of the membership before. */
  private subscriptionRead(log: string): Subscription | undefined {
    const subscription = this.subscriptions.get(log);
    return subscription?.reading ? subscription : undefined;
  }

  private skipDropped(range: DroppedRange): boolean {
    const subscription = this.subscriptionRead(range.log);
    if (subscription === undefined || range.toSeq <= subscription.sentSeq) return false;
    this.skip(subscription, range.toSeq);
    return range.count > 0;
  }

  /** Entries behind the head that the feed has brought are left to the feed. */
  private acceptPage(subscription: Subscription, page: QueuePage): void {
    const head = subscription.head;
    const entries = page.entries.filter(({ seq }) => seq > subscription.sentSeq && seq <= head);
    const through = Math.min(page.through, head);
    const first = entries[0];
    if (first === undefined) {
      this.skip(subscription, through);
      return;
    }
    const chunk = encodeChunk(page.log, entries, first.seq, through);
    while (this.state === 'flowing' && subscription.sentSeq < through) this.deliverPart(subscription, chunk);
  }
}

function readNotification(frame: Buffer): unknown {
  return JSON.parse(textFramePayload(frame, 0, frame.length));
}
