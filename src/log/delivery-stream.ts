// Delivery to one connection: the state machine that is replay, recovery, back-pressure and overflow in one.
import { CloseCode, NotificationType, textFramePayload } from '../protocol/index.js';
import { AcknowledgementWindow } from './acknowledgement-window.js';
import type { Audience } from './audience.js';
import { CLOSED_SINK } from './closed-sink.js';
import type { DeliveryContext } from './delivery-context.js';
import type { DeliveryMeter } from './delivery-meter.js';
import { CHUNK_BYTES, PAGE_NOTIFICATIONS, PING_AFTER_NOTIFICATIONS } from './delivery-options.js';
import { encodeChunks, type EncodedChunk, type SharedFrames } from './encoded-chunk.js';
import type { FrameCompressor } from './frame-compressor.js';
import type { FrameSink } from './frame-sink.interface.js';
import type { DroppedRange, QueuePage, QueuePosition, QueueRead } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import { Subscription } from './subscription.js';
import type { SweepSelections } from './sweeps.js';

/**
 * `flowing`: written to, live or by catching up. `waiting`: left alone until the socket drains and enough is
 * acknowledged; its logs go on without it. `closing`: the closing handshake has begun, nothing more is written.
 * `closed`: the end. docs/architecture.md has the diagram.
 */
export type StreamState = 'flowing' | 'waiting' | 'closing' | 'closed';

/**
 * What acknowledges: the pong that every WebSocket client sends by itself, only the client's own `ack` frames, or, where nothing comes back over the
 * connection, what the client says to have received when it comes back itself (`resumption`). Then pongs stand for a socket that has drained: they make room
 * in the window, and prove nothing.
 */
export type AcknowledgementMode = 'transport' | 'client' | 'resumption';

/** Somebody's status as a frame, and its place among all changes of presence. */
export interface Status {
  readonly frame: Buffer;
  readonly position: number;
}

/** One connection as the log sees it. */
export class DeliveryStream {
  state: StreamState = 'flowing';
  /** What it receives of its logs, from now on; undefined for everything. */
  audience: Audience | undefined = undefined;
  /** By the log's name. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly window: AcknowledgementWindow;
  /** How far it has been told of presence changes: a position like any other, in no log. */
  readonly presence: Subscription;
  /** A status was not written because it was waiting: it is to be told what it missed before anything newer. */
  presenceMissed = false;
  /** How many statuses were not written, so that whoever tells them sees when more were missed meanwhile. */
  presenceMisses = 0;
  /** When it began, of the clock by which notifications are published. */
  readonly openedAt: number;
  readonly meter: DeliveryMeter;
  /** By the log's name: what is written up to there was written to a connection before, which ended without acknowledging it. Undefined for nothing. */
  repeatedThrough: ReadonlyMap<string, number> | undefined = undefined;
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
    public sink: FrameSink,
    presencePosition: number,
    protected readonly context: DeliveryContext,
    /** Compresses what it receives; undefined when the peer has not negotiated that. */
    readonly compressor: FrameCompressor | undefined,
  ) {
    this.meter = context.meterOf(owner.tenant);
    this.openedAt = this.meter.clock.now();
    this.window = new AcknowledgementWindow(context.options.ackSettleMs, context.options.windowNotifications, this.openedAt);
    this.presence = new Subscription(this, undefined, presencePosition);
    this.heardAt = context.clock.now();
  }

  /** It waits for the store's answer, or for its turn to ask again. */
  get isReading(): boolean {
    return this.reading;
  }

  /** It flows, and some of its logs have more than was written. */
  get isCatchingUp(): boolean {
    if (this.state !== 'flowing') return false;
    for (const { head, sentSeq } of this.subscriptions.values()) if (sentSeq < head) return true;
    return false;
  }

  /** What its queue holds: numbers that are not acknowledged, silent ones too. */
  get pending(): number {
    let pending = 0;
    for (const { head, settledSeq } of this.subscriptions.values()) if (settledSeq < head) pending += head - settledSeq;
    return Math.min(pending, this.context.options.queueMax);
  }

  /** Nothing is written any more. */
  private get isOver(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  /**
   * Writes frames of one log, up to `through`. The hot path: called once a connection for each chunk.
   *
   * @param shared the same frames, when others get them too
   */
  deliver(subscription: Subscription, frames: Buffer, through: number, count: number, shared?: SharedFrames): void {
    subscription.sentSeq = through;
    const window = this.window;
    window.note(subscription, count, frames.length, shared?.publishedAt(0));
    if (window.pingDue) {
      this.writeWithPing(frames, shared);
    } else {
      this.sink.write(frames);
      if (!this.askQueued) this.context.askLater(this);
    }
    if (!window.open || this.sink.bufferedBytes > this.context.options.sendBufferMaxBytes) this.wait();
  }

  /** Writes the frames from index `from` to `to` of what was selected for its audience, and moves past what else there is up to `through`. */
  deliverSelected(subscription: Subscription, selection: EncodedChunk, from: number, to: number, through: number): void {
    if (to > from) {
      const shared = selection.part(from, to);
      this.deliver(subscription, shared.frames, selection.seqAt(to - 1), to - from, shared);
      this.meter.wrote(selection, from, to, this.openedAt);
    }
    this.skip(subscription, through);
  }

  /** Writes statuses, oldest first, many at once; what there is when it has to wait, or waits already, it has missed. */
  deliverStatuses(statuses: readonly Status[]): void {
    const through = statuses.at(-1)?.position ?? 0;
    const news = statuses.filter(({ frame, position }) => position > this.presence.sentSeq && this.receivesStatus(frame));
    for (let i = 0; i < news.length && this.state === 'flowing'; i += PING_AFTER_NOTIFICATIONS) {
      const run = news.slice(i, i + PING_AFTER_NOTIFICATIONS);
      const frames = run.length === 1 ? run[0].frame : Buffer.concat(run.map(({ frame }) => frame));
      this.deliver(this.presence, frames, run[run.length - 1].position, run.length);
      this.meter.wroteStatuses(run.length);
    }
    if (this.state === 'flowing') this.skip(this.presence, through);
    else if (through > this.presence.sentSeq) this.missPresence();
  }

  /** Writes everything that is behind: from the tails where they reach back far enough, else from the store. */
  catchUp(mayWait = true): void {
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
    if (pending > this.context.options.queueMax) this.read(behind);
    else if (!this.catchUpFromTails(behind) && !(mayWait && this.waitForOthers(behind))) this.read(behind, true);
  }

  /** Its turn has come in a fan-out that takes several: writes what is behind in one log. */
  follow(subscription: Subscription, selections: SweepSelections): void {
    if (this.state !== 'flowing' || this.reading) return;
    if (!this.followTail(subscription, selections)) this.catchUp();
  }

  /** Writes what is behind in one log as far as its tail goes. Returns false when that is not all of it, and more could be written. */
  followTail(subscription: Subscription, selections?: SweepSelections): boolean {
    if (subscription.head - subscription.sentSeq > this.context.options.queueMax) return false;
    while (this.state === 'flowing' && subscription.sentSeq < subscription.head) {
      const chunk = this.kept(subscription);
      if (chunk === undefined) return false;
      this.deliverPart(subscription, chunk, selections);
    }
    return true;
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

  /** Moves past numbers that have nothing for this connection: they settle with what was written before them. */
  skip(subscription: Subscription, through: number): void {
    if (through <= subscription.sentSeq) return;
    if (subscription.skip(through)) this.context.settled(subscription);
    else this.askAgain(subscription);
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

  /** Closes its connection, if that is not being done. */
  close(code: CloseCode, reason: string): void {
    if (this.isOver) return;
    this.stop();
    this.sink.close(code, reason);
  }

  /** It cannot go on from where it is: its client comes back, and begins anew. */
  turnAway(): void {
    this.close(CloseCode.TryAgainLater, 'the store has gone back');
  }

  /** The connection is over. Timers hold on to the stream until it falls due, minutes perhaps; to its connection nobody does. */
  end(): void {
    this.state = 'closed';
    this.sink = CLOSED_SINK;
  }

  /** A read that failed is tried again. */
  retry(): void {
    this.reading = false;
    this.catchUp();
  }

  private receivesStatus(frame: Buffer): boolean {
    const { audience } = this;
    return audience === undefined || audience.receives(NotificationType.ClientStatus, '', () => JSON.parse(textFramePayload(frame, 0)));
  }

  private writeWithPing(frames: Buffer, shared: SharedFrames | undefined): void {
    if (shared === undefined) {
      const nonce = this.context.nonce();
      this.window.mark(nonce);
      this.sink.writeWithPing(frames, nonce);
    } else {
      const pinged = shared.pinged(this.context.nonce);
      this.window.mark(pinged.nonce);
      this.sink.writePinged(pinged);
    }
  }

  protected wait(): void {
    if (this.state !== 'flowing') return;
    this.state = 'waiting';
    this.waitingSince = this.context.clock.now();
    this.ping();
    this.context.waiting(this);
  }

  /** Returns false when a tail does not reach back far enough. */
  private catchUpFromTails(behind: readonly Subscription[]): boolean {
    for (const subscription of behind) {
      if (!this.followTail(subscription)) return false;
    }
    return true;
  }

  /** The chunk in memory that holds the next number. */
  private kept({ ended, feed, sentSeq }: Subscription): EncodedChunk | undefined {
    if (ended || feed === undefined) return undefined;
    return feed.tail.after(sentSeq) ?? this.context.sharedReads.after(feed, sentSeq);
  }

  /** Writes as much of a chunk as the window allows. */
  private deliverPart(subscription: Subscription, chunk: EncodedChunk, selections?: SweepSelections): void {
    const part = selections === undefined ? this.partOf(chunk, subscription) : selections.of(chunk).of(this.audience, this.compressor);
    const from = part.indexAfter(subscription.sentSeq);
    const to = from === part.count ? from : part.limit(from, this.window.freeNotifications, this.window.freeBytes);
    const repeatedThrough = this.repeatedThrough?.get(subscription.log);
    if (repeatedThrough !== undefined) this.meter.repeated += Math.max(0, Math.min(to, part.indexAfter(repeatedThrough)) - from);
    this.deliverSelected(subscription, part, from, to, part.coveredBefore(to));
  }

  /** What of a chunk is for it, made for it alone. */
  private partOf(chunk: EncodedChunk, subscription: Subscription): EncodedChunk {
    const { audience, compressor } = this;
    const selection = audience === undefined ? chunk : chunk.select(audience, chunk.indexAfter(subscription.sentSeq));
    return compressor === undefined ? selection : selection.compressed(compressor);
  }

  /** Its position has moved: an acknowledgement of that is asked for. */
  private askAgain(subscription: Subscription): void {
    this.window.note(subscription, 0, 0);
    if (!this.askQueued) this.context.askLater(this);
  }

  /** Whether everything that is missing is being read for other connections: then it goes on when the first of that has come. */
  private waitForOthers(behind: readonly Subscription[]): boolean {
    const { sharedReads } = this.context;
    const reads = missingOf(behind).map(({ feed, ended, sentSeq }) => (ended || feed === undefined ? undefined : sharedReads.underWay(feed, sentSeq)));
    const first = reads[0];
    if (first === undefined || reads.includes(undefined)) return false;
    this.reading = true;
    // What was shared and is not what it needs, it reads itself.
    first.waiting.push((isShared) => this.goOn(!isShared));
    return true;
  }

  private goOn(mayWait: boolean): void {
    this.reading = false;
    this.catchUp(mayWait);
  }

  /** Reads a page; a large one, of which others can use what it cannot, when nothing can have fallen out of the queue but by its age. */
  private read(behind: readonly Subscription[], isLarge = false): void {
    this.reading = true;
    const missing = missingOf(behind);
    const positions: QueuePosition[] = missing.map((subscription) => ({ log: subscription.log, after: subscription.sentSeq }));
    const heads = missing.map((subscription) => subscription.head);
    const excess = missing.reduce((sum, { head, sentSeq }) => sum + head - sentSeq, 0) - this.context.options.queueMax;
    for (const subscription of missing) subscription.reading = true;
    const { reader, sharedReads } = this.context;
    const limit = isLarge ? PAGE_NOTIFICATIONS : this.window.freeNotifications;
    const reads = missing.flatMap(({ feed, ended, sentSeq }) => (ended || feed === undefined ? [] : [sharedReads.begin(feed, sentSeq, limit)]));
    reader.readQueue(this.owner, positions, limit, isLarge ? CHUNK_BYTES : Math.min(this.window.freeBytes, CHUNK_BYTES)).then(
      (read) => {
        this.reading = false;
        const isOver = this.isOver;
        if (!isOver) this.accept(read, Math.max(0, excess));
        // What the store no longer has, and does not count as dropped, cannot be waited for.
        if (!isOver && read.pages.length === 0 && read.dropped.length === 0) missing.forEach((subscription, i) => this.skip(subscription, heads[i]));
        for (const subscription of missing) subscription.reading = false;
        for (const ended of reads) sharedReads.end(ended, !isOver);
        this.catchUp();
      },
      (cause: unknown) => {
        for (const subscription of missing) subscription.reading = false;
        if (!this.isOver) this.context.readFailed(this, cause);
        for (const ended of reads) sharedReads.end(ended, false);
      },
    );
  }

  private accept(read: QueueRead, excess: number): void {
    const dropped = read.dropped.filter((range) => this.skipDropped(range));
    if (dropped.length > 0) this.context.overflowed(this, dropped, excess);
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
    subscription.drop(range.toSeq);
    this.askAgain(subscription);
    return range.count > 0;
  }

  /** Entries behind the head that the feed has brought are left to the feed. */
  private acceptPage(subscription: Subscription, page: QueuePage): void {
    const head = subscription.head;
    const entries = page.entries.filter(({ seq }) => seq > subscription.sentSeq && seq <= head);
    const through = Math.min(page.through, head);
    if (entries.length === 0) {
      this.skip(subscription, through);
      return;
    }
    const chunks = encodeChunks(page.log, entries, through);
    const { feed, ended } = subscription;
    if (feed !== undefined && !ended) this.context.sharedReads.add(feed, chunks, this.context.clock.now());
    for (const chunk of chunks) {
      while (this.state === 'flowing' && subscription.sentSeq < chunk.lastSeq) this.deliverPart(subscription, chunk);
    }
  }
}

function missingOf(behind: readonly Subscription[]): Subscription[] {
  return behind.filter(({ sentSeq, head }) => sentSeq < head);
}
