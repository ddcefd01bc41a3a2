// The heart's only door: streams are opened and closed here, and new entries, pongs, acknowledgements and time come in.
import { SYSTEM_TENANT } from '../protocol/index.js';
import { GuardedAudience, type Audience } from './audience.js';
import { type Clock, systemClock } from './clock.js';
import { CursorJournal, type RaisedCursors } from './cursor-journal.js';
import { DebugStream, type StreamDebug } from './debug-stream.js';
import type { DeliveryContext } from './delivery-context.js';
import { createDeliveryCounters, type DeliveryCounters } from './delivery-counters.js';
import { DeliveryMeter } from './delivery-meter.js';
import { type DeliveryOptions, NONCE_BYTES } from './delivery-options.js';
import { DeliveryStream, type Status, type AcknowledgementMode } from './delivery-stream.js';
import { FanOut } from './fan-out.js';
import { FeedRegistry } from './feed-registry.js';
import { FrameCompressor } from './frame-compressor.js';
import type { FrameSink } from './frame-sink.interface.js';
import { logKey, type AppendedEntry } from './log-entry.js';
import type { LogFeed } from './log-feed.js';
import { createRandomSource } from './random-source.js';
import type { DroppedRange, OpenedQueue, QueueReader } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import { SharedReads } from './shared-reads.js';
import { StreamTimers } from './stream-timers.js';
import type { Subscription } from './subscription.js';
import type { Defer } from './sweeps.js';
import { TailCache } from './tail-cache.js';
import { UnsettledWrites } from './unsettled-writes.js';

/** A queue that is being opened: what the live feed brings meanwhile is kept for it. */
export interface Opening {
  readonly owner: QueueOwner;
  readonly missed: (readonly AppendedEntry[])[];
}

/** How a stream is given what it receives. */
export interface StreamOptions {
  /** What it receives; everything when absent. */
  readonly audience?: Audience | undefined;
  /** Whether its peer has negotiated permessage-deflate without context takeover by the server, and with the largest window. */
  readonly compressed?: boolean;
  /** Its peer debugs it, see {@link DebugStream}. */
  readonly debug?: StreamDebug | undefined;
  /** What its peer has received already. */
  readonly resumed?: Resumed | undefined;
}

/** Where a client goes on that says what it has received. What of this is behind its queue's positions it acknowledges by that. */
export interface Resumed {
  /** By the log's name; at most the log's head, and not before its membership. */
  readonly positions: ReadonlyMap<string, number>;
  /** How far it has been told of presence changes. */
  readonly presencePosition: number;
}

/** What the hub tells its owner. Nothing here may throw. */
export interface DeliveryHubListener {
  /** Notifications fell out of a connected client's queue; the frame that says so is to be written now. */
  overflowed(stream: DeliveryStream, dropped: readonly DroppedRange[]): void;
  /** A stream flows again that missed presence changes meanwhile. */
  presenceMissed(stream: DeliveryStream): void;
  /** The store could not be read; it is tried again. */
  readFailed(cause: unknown): void;
  /** An audience failed to say what it receives, for the first time; what it fails at is left out. */
  audienceFailed(key: string, cause: unknown): void;
}

/** Delivers from logs to connections. Knows neither sockets nor stores. */
export class DeliveryHub implements DeliveryContext {
  readonly counters: DeliveryCounters = createDeliveryCounters();
  readonly meter: DeliveryMeter;
  readonly nonce = createRandomSource(NONCE_BYTES);
  readonly sharedReads: SharedReads;
  private readonly journal = new CursorJournal();
  private readonly registry: FeedRegistry;
  private readonly fanOut: FanOut;
  private readonly timers: StreamTimers;
  private readonly openings = new Set<Opening>();
  private readonly audiences = new WeakMap<Audience, Audience>();
  private readonly compressor: FrameCompressor | undefined;
  private readonly unsettledWrites = new UnsettledWrites();
  /** Of the server's own notifications, which nobody wants to know about. */
  private readonly systemMeter: DeliveryMeter;
  private readonly cache: TailCache;

  constructor(
    readonly reader: QueueReader,
    readonly options: DeliveryOptions,
    /** Only intervals are measured with it: best a monotonic one. */
    readonly clock: Clock,
    private readonly listener: DeliveryHubListener,
    defer: Defer = deferByTimers,
    /** The one by which notifications are published. */
    publishingClock: Clock = systemClock,
  ) {
    this.meter = new DeliveryMeter(publishingClock);
    this.systemMeter = new DeliveryMeter(publishingClock);
    const cache = (this.cache = new TailCache(options.tailCacheBytes));
    this.registry = new FeedRegistry(cache, options.queueMax);
    this.sharedReads = new SharedReads(cache, options.queueMax);
    this.fanOut = new FanOut(this.registry, this.journal, options.fanOutSlice, clock, defer, (tenant) => this.meterOf(tenant));
    this.timers = new StreamTimers(options, clock, this.journal, this.counters);
    if (options.compressionThresholdBytes > 0) this.compressor = new FrameCompressor(options.compressionThresholdBytes, this.counters);
  }

  /** Memory that the newest entries take, bytes. */
  get tailCacheUsedBytes(): number {
    return this.cache.usedBytes;
  }

  meterOf(tenant: string): DeliveryMeter {
    return tenant === SYSTEM_TENANT ? this.systemMeter : this.meter;
  }

  /** To be called before the store is asked for the queue: nothing is missed between its answer and `open`. */
  beginOpening(owner: QueueOwner): Opening {
    const opening: Opening = { owner, missed: [] };
    this.openings.add(opening);
    return opening;
  }

  /** The queue could not be opened. */
  abandon(opening: Opening): void {
    this.openings.delete(opening);
  }

  /** Begins delivery: from the queue's positions, in the log's order, live as soon as the heads are reached. */
  open(opening: Opening, queue: OpenedQueue, mode: AcknowledgementMode, sink: FrameSink, options: StreamOptions = {}): DeliveryStream {
    this.openings.delete(opening);
    const { owner } = opening;
    const { audience, compressed = false, debug, resumed } = options;
    const compressor = compressed ? this.compressor : undefined;
    const presencePosition = Math.max(queue.presencePosition, resumed?.presencePosition ?? 0);
    const stream =
      debug === undefined
        ? new DeliveryStream(owner, mode, sink, presencePosition, this, compressor)
        : new DebugStream(owner, mode, sink, queue, presencePosition, this, compressor, debug, this.unsettledWrites);
    this.filter(stream, audience);
    this.registry.addStream(stream);
    const answered = new Map<string, number>();
    stream.repeatedThrough = this.unsettledWrites.through(owner);
    let waiting = 0;
    for (const { log, after, head, memberCount, ended } of queue.logs) {
      answered.set(log, head);
      const position = resumed?.positions.get(log) ?? after;
      waiting += head - position;
      const subscription = this.registry.subscribe(stream, this.registry.ensureFeed(owner.tenant, log, head, memberCount), position);
      if (position > after) this.resume(subscription, position - after);
      if (ended) this.registry.end(subscription, head);
    }
    if (stream.presence.settledSeq > queue.presencePosition) this.journal.raise([stream.presence]);
    stream.meter.queueAtOpening.observe(Math.min(waiting, this.options.queueMax));
    for (const entries of opening.missed) this.replay(entries, stream, answered);
    this.timers.beat(stream);
    stream.catchUp();
    return stream;
  }

  /** What a stream receives from now on; undefined for everything. What it was not given before is not given any more. */
  filter(stream: DeliveryStream, audience: Audience | undefined): void {
    stream.audience = audience && this.guarded(audience);
  }

  /** Ends delivery. After a closing handshake what was acknowledged counts at once; after a break only what has settled. */
  close(stream: DeliveryStream, ending: 'handshake' | 'answered' | 'broken'): void {
    if (stream.state === 'closed') return;
    stream.end();
    if (ending === 'answered') this.acknowledgeAll(stream);
    if (ending !== 'broken') this.journal.raise(stream.window.settleAll());
    this.unsettledWrites.ended(stream);
    this.registry.removeStream(stream);
  }

  /** New entries from the live feed. */
  accept(entries: readonly AppendedEntry[]): void {
    for (const opening of this.openings) opening.missed.push(entries);
    this.fanOut.accept(entries);
  }

  /** A pong came from the peer; says whether it answers the ping that was outstanding. */
  pong(stream: DeliveryStream, payload: Uint8Array): boolean {
    const now = this.clock.now();
    stream.heardAt = now;
    const outcome = stream.window.pong(payload, now, stream.mode === 'transport' ? stream.meter : undefined);
    if (outcome === 'mismatched') {
      this.counters.mismatchedPongs++;
      if (!stream.askQueued) this.askLater(stream);
      return false;
    }
    if (outcome === 'ignored') return false;
    if (outcome === 'settling') this.timers.settle(stream);
    if (stream.state === 'waiting') stream.waitingSince = now;
    stream.resume();
    if (stream.window.pingDue) stream.ping();
    else if (stream.window.unasked && !stream.askQueued) this.askLater(stream);
    return true;
  }

  /**
   * The client acknowledged a log up to `seq` by a frame. Numbers beyond the head are cut to it.
   *
   * @returns false when it does not receive from that log
   */
  acknowledge(stream: DeliveryStream, log: string, seq: number): boolean {
    const subscription = stream.subscriptions.get(log);
    if (subscription === undefined) return false;
    const acknowledged = Math.min(seq, subscription.head);
    if (acknowledged <= subscription.clientSeq) return true;
    this.measure(stream, subscription, Math.min(acknowledged, subscription.sentSeq));
    subscription.clientSeq = acknowledged;
    subscription.settledSeq = Math.max(subscription.settledSeq, acknowledged);
    subscription.settleSkipped();
    this.journal.raise([subscription]);
    return true;
  }

  /** Writes the newest statuses of other clients to a stream that receives them, unless the stream waits: then it is told when it flows again. */
  writeStatuses(stream: DeliveryStream, statuses: readonly Status[]): void {
    if (stream.state === 'closing' || stream.state === 'closed') return;
    // Told already, when the stream was told what it had missed.
    if ((statuses.at(-1)?.position ?? 0) <= stream.presence.sentSeq) return;
    if (stream.state === 'waiting' || stream.presenceMissed) stream.missPresence();
    else stream.deliverStatuses(statuses);
  }

  /** The streams of a client. */
  streamsOf(tenant: string, clientId: string): readonly DeliveryStream[] {
    return this.registry.streamsOf(tenant, clientId);
  }

  /** The feed of a log, if somebody is connected to it. */
  feedOf(tenant: string, log: string): LogFeed | undefined {
    return this.registry.feed(logKey(tenant, log));
  }

  /** The stream's client gave a sign of life. */
  heard(stream: DeliveryStream): void {
    stream.heardAt = this.clock.now();
  }

  /** Takes the cursors that were raised, as raised at this time, in milliseconds since the epoch. */
  takeRaised(at: number): RaisedCursors | undefined {
    return this.journal.take(at);
  }

  /** To be called every few milliseconds. */
  tick(): void {
    this.timers.tick();
    this.sharedReads.expire(this.clock.now());
  }

  askLater(stream: DeliveryStream): void {
    this.timers.ask(stream);
  }

  settled(subscription: Subscription): void {
    this.journal.raise([subscription]);
  }

  waiting(stream: DeliveryStream): void {
    this.counters.waits++;
    this.timers.watch(stream);
  }

  resumed(stream: DeliveryStream): void {
    if (stream.presenceMissed) this.listener.presenceMissed(stream);
  }

  overflowed(stream: DeliveryStream, dropped: readonly DroppedRange[], excess: number): void {
    const total = dropped.reduce((sum, { count }) => sum + count, 0);
    const byOverflow = Math.min(total, excess);
    this.counters.droppedByOverflow += byOverflow;
    this.counters.droppedByAge += total - byOverflow;
    this.listener.overflowed(stream, dropped);
  }

  readFailed(stream: DeliveryStream, cause: unknown): void {
    this.counters.failedReads++;
    this.timers.retry(stream);
    this.listener.readFailed(cause);
  }

  /** It begins behind its cursor, which is raised to there. */
  private resume(subscription: Subscription, count: number): void {
    subscription.stream.meter.resumes(count);
    this.journal.raise([subscription]);
  }

  private acknowledgeAll({ meter, mode, window }: DeliveryStream): void {
    if (mode === 'transport' && !window.cannotAcknowledge) meter.acknowledges('transport', window.unacknowledged, 0, 0);
    window.acknowledgeAll();
  }

  /** Of what an `ack` frame acknowledged: how much it is, and how old the newest of it. */
  private measure({ meter, openedAt }: DeliveryStream, { feed, settledSeq }: Subscription, through: number): void {
    if (through <= settledSeq) return;
    const chunk = feed?.tail.after(through - 1);
    const index = chunk?.indexAfter(through - 1) ?? 0;
    const publishedAt = chunk !== undefined && index < chunk.count ? chunk.publishedAt(index) : 0;
    meter.acknowledges('client', through - settledSeq, publishedAt >= openedAt ? through - settledSeq : 0, publishedAt);
  }

  /** One for each audience, so that connections which share it report its failure once. */
  private guarded(audience: Audience): Audience {
    let guarded = this.audiences.get(audience);
    if (guarded === undefined) {
      guarded = new GuardedAudience(audience, (cause) => {
        this.counters.failedAudiences++;
        this.listener.audienceFailed(audience.key, cause);
      });
      this.audiences.set(audience, guarded);
    }
    return guarded;
  }

  /** What the feed brought since the store's answer: heads, and this client's own memberships. */
  private replay(missed: readonly AppendedEntry[], stream: DeliveryStream, answered: ReadonlyMap<string, number>): void {
    const { tenant, clientId } = stream.owner;
    for (const { tenant: where, log, seq, change, memberCount } of missed) {
      const known = answered.get(log) ?? -1;
      if (where !== tenant || seq < known) continue;
      if (change?.kind === 'created') {
        // Takes no number: at the head that was answered, the room may have been made anew after the answer.
        if (change.members.includes(clientId)) this.registry.subscribe(stream, this.registry.ensureFeed(tenant, log, seq, memberCount), seq);
        continue;
      }
      if (change?.kind === 'rewound') {
        // Its answer may be from before.
        if (change.clientId === undefined && answered.has(log)) stream.turnAway();
        continue;
      }
      if (change?.kind === 'resynced') {
        this.replayResync(stream, { tenant, log, seq, memberCount }, change.positions);
        continue;
      }
      if (seq === known) continue;
      const subscription =
        change?.kind === 'joined' && change.clientId === clientId
          ? this.registry.subscribe(stream, this.registry.ensureFeed(tenant, log, seq, memberCount), seq - 1)
          : stream.subscriptions.get(log);
      if (subscription?.feed === undefined || subscription.ended) continue;
      subscription.feed.head = Math.max(subscription.feed.head, seq);
      if (change?.kind === 'left' && change.clientId === clientId) this.registry.unsubscribe(stream, log);
      else if (change?.kind === 'deleted') this.registry.end(subscription, seq);
    }
  }

  private replayResync(stream: DeliveryStream, { tenant, log, seq, memberCount }: AppendedEntry, positions: ReadonlyMap<string, number | undefined>): void {
    const subscription = stream.subscriptions.get(log);
    if (subscription?.feed !== undefined && !subscription.ended) subscription.feed.head = Math.max(subscription.feed.head, seq);
    const { clientId } = stream.owner;
    if (!positions.has(clientId)) return;
    const position = positions.get(clientId);
    if (position === undefined) {
      if (subscription?.ended === false) this.registry.unsubscribe(stream, log);
    } else if (subscription === undefined || subscription.precedes(position)) {
      this.registry.subscribe(stream, this.registry.ensureFeed(tenant, log, seq, memberCount), position);
    }
  }
}

function deferByTimers(run: () => void, delayMs: number): void {
  if (delayMs === 0) setImmediate(run);
  else setTimeout(run, delayMs);
}
