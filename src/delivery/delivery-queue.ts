// Between connections and logs: opens a connection's queue, feeds new entries to the hub, stores cursors.
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { ABNORMAL_CLOSURE, type Connection } from '../connections/index.js';
import { type CursorUpdate, DeliveryEngine, type OpenedQueue, type QueueSummary } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import {
  Clock,
  CURSOR_FLUSH_INTERVAL_MS,
  DeliveryHub,
  FAN_OUT_SLICE,
  WINDOW_NOTIFICATIONS,
  type AcknowledgementMode,
  type Audience,
  type DeliveryCounters,
  type DeliveryMeter,
  type DeliveryStream,
  type DroppedRange,
  type FrameSink,
  type LogFeed,
  monotonicClock,
  type Opening,
  type QueueOwner,
  type RaisedCursors,
  type ReceivedPositions,
  type Status,
  type StreamDebug,
} from '../log/index.js';
import { ChatError, CloseCode, type ConnectedData, controlText, encodeTextFrame, type QueueOverflowData, SYSTEM_TENANT } from '../protocol/index.js';
import { DebugMode } from './debug-mode.js';
import { DeliveryEvents } from './delivery-events.js';
import { DeliveryTracing } from './delivery-tracing.interface.js';
import { FirstDeliveries } from './first-deliveries.js';
import { NotificationFilter } from './notification-filter.interface.js';
import { Resumptions } from './resumptions.js';
import type { SentPositions } from './sent-positions.interface.js';

/** How often the hub's timers are looked at, ms. */
const TICK_MS = 50;

/** How a queue is opened, beyond whose it is and where it goes. */
export interface OpeningOptions {
  /** What is received of it; everything when absent. */
  readonly audience?: Audience | undefined;
  /** Whether it is received compressed where that is worth it; see `StreamOptions`. */
  readonly compressed?: boolean;
  /** Who debugs it. */
  readonly debug?: StreamDebug | undefined;
  /** Whether `begins` is given what waits in the queue. */
  readonly inspect?: boolean;
  /** What the client says to have received. */
  readonly received?: ReceivedPositions | undefined;
  /** Called before the first frame, with what of `received` is not delivered again; false gives up. */
  readonly begins?: (queue: OpenedQueue, waiting: QueueSummary | undefined, accepted: ReceivedPositions | undefined) => boolean;
}

/**
 * Delivers each client's queue over its connections: append → fan-out → acknowledge.
 *
 * @publicApi
 */
@Injectable()
export class DeliveryQueue implements SentPositions, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Delivery');
  private readonly hub: DeliveryHub;
  private readonly firstDeliveries = new FirstDeliveries();
  private timer: NodeJS.Timeout | undefined;
  private flushedAt = 0;
  /** Settled when all cursors that were taken to be stored are. */
  private flushing: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Clock) private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly events: DeliveryEvents,
    private readonly chatEvents: ChatEvents,
    @Inject(NotificationFilter) private readonly filter: NotificationFilter,
    private readonly debugMode: DebugMode,
    private readonly resumptions: Resumptions,
    @Optional() @Inject(DeliveryTracing) tracing?: DeliveryTracing,
  ) {
    this.hub = new DeliveryHub(
      engine,
      {
        queueMax: settings.queueMaxPerClient,
        sendBufferMaxBytes: settings.sendBufferMaxBytes,
        windowNotifications: WINDOW_NOTIFICATIONS,
        ackIntervalMs: settings.ackIntervalMs,
        ackSettleMs: settings.ackSettleMs,
        heartbeatIntervalMs: settings.heartbeatIntervalSeconds * 1000,
        heartbeatTimeoutMs: settings.heartbeatTimeoutSeconds * 1000,
        tailCacheBytes: settings.tailCacheBytes,
        fanOutSlice: FAN_OUT_SLICE,
        compressionThresholdBytes: settings.compressionThresholdBytes,
      },
      monotonicClock,
      {
        overflowed: (stream, dropped) => this.reportOverflow(stream, dropped),
        presenceMissed: (stream) => void events.emit('presenceMissed', stream),
        readFailed: (cause) => this.logger.error({ msg: 'queue not read, trying again', err: cause }),
        audienceFailed: (key, cause) => this.logger.error({ msg: 'audience failed, leaving notifications out', key, err: cause }),
      },
      undefined,
      clock,
    );
    const receivers = (tenant: string, log: string): number => this.feedOf(tenant, log)?.subscribers.length ?? 0;
    engine.listen((entries) => {
      if (tracing === undefined) this.hub.accept(entries);
      else tracing.fanOut(entries, receivers, () => this.hub.accept(entries));
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushCursors();
    // Also those of the connections that have just ended: whoever is told of deliveries is told of these too.
    await this.flushing;
  }

  /** What was counted since the start. */
  get counters(): Readonly<DeliveryCounters> {
    return this.hub.counters;
  }

  /** What was measured since the start: deliveries by kind, latencies, the queues of those who came. */
  get meter(): Readonly<DeliveryMeter> {
    return this.hub.meter;
  }

  /** Memory that the newest entries of all logs take, bytes (TAIL_CACHE_BYTES). */
  get tailCacheUsedBytes(): number {
    return this.hub.tailCacheUsedBytes;
  }

  /**
   * Opens a connection's queue and begins to deliver it. For speakers of `chatapi.v1` `connected` goes before everything.
   *
   * @returns the stream, or undefined when the connection ended meanwhile
   */
  async attach(connection: Connection): Promise<DeliveryStream | undefined> {
    const debug = this.debugMode.begin(connection);
    // Over an event stream pongs prove nothing, whatever acknowledges.
    const mode = connection.transport === 'sse' ? 'resumption' : connection.acknowledgement;
    const stream = await this.open(connection.owner, mode, connection, {
      audience: this.filter.audienceOf(connection.principal),
      compressed: connection.compressed,
      inspect: connection.controlFrames,
      debug,
      received: connection.received,
      begins: (queue, waiting, accepted) => {
        if (accepted !== undefined) connection.resume(accepted);
        if (waiting !== undefined) this.greet(connection, queue, waiting);
        if (debug !== undefined) connection.note('queue opened', { logs: queue.logs.length, resumed: queue.known });
        else if (connection.debugAsked) connection.sendError(this.debugMode.refusal(), new Date(this.clock.now()).toISOString());
        return connection.isOpen;
      },
    });
    if (stream === undefined) return undefined;
    connection.stream = stream;
    connection.onHeard(() => this.heard(stream));
    return stream;
  }

  /**
   * Opens a queue that is delivered into any sink; whoever opens it answers its pings through {@link pong} and ends it with {@link close}.
   *
   * @returns the stream, or undefined when `begins` gave up
   */
  async open(owner: QueueOwner, mode: AcknowledgementMode, sink: FrameSink, options: OpeningOptions = {}): Promise<DeliveryStream | undefined> {
    const { audience, compressed = false, debug, inspect = false, received, begins = () => true } = options;
    // Posted before the queue is opened: it begins behind what another connection of this client acknowledged.
    void this.flushCursors();
    const opening = this.hub.beginOpening(owner);
    const opened = this.engine.openQueue(owner);
    try {
      const [waiting, queue] = await Promise.all([inspect ? this.engine.inspectQueue(owner) : undefined, opened]);
      const resumption = received && (await this.resumptions.of(owner, queue, received));
      if (begins(queue, waiting, resumption?.accepted)) return this.hub.open(opening, queue, mode, sink, { audience, compressed, debug, resumed: resumption });
      this.abandon(opening, opened);
      return undefined;
    } catch (error) {
      this.abandon(opening, opened);
      throw error;
    }
  }

  /**
   * The connection has another token: what is written from now on is what that one receives. A connection whose audience cannot be
   * told is closed, since what it must not receive is not known.
   */
  refilter(connection: Connection): void {
    const { stream } = connection;
    this.debugMode.follow(connection);
    if (stream === undefined) return;
    try {
      this.hub.filter(stream, this.filter.audienceOf(connection.principal));
    } catch (error) {
      this.logger.error({ msg: 'audience not told, closing', connection_id: connection.id, err: error });
      closeUnserved(connection, error, this.clock.now());
    }
  }

  /** Ends delivery into a sink that was closed, after {@link open}. */
  close(stream: DeliveryStream): void {
    if (stream.state === 'closed') return;
    this.hub.close(stream, 'broken');
    this.engine.closeQueue(stream.owner);
  }

  /** A pong came for a stream; says whether it answers a ping of ours. */
  pong(stream: DeliveryStream | undefined, payload: Uint8Array): boolean {
    return stream !== undefined && this.hub.pong(stream, payload);
  }

  /** Ends delivery to a connection that was closed with this code. */
  async detach(connection: Connection, code: number): Promise<void> {
    const { stream } = connection;
    if (stream === undefined) return;
    // A peer's own close that crossed ours has another code: it says nothing of what arrived.
    const ending = code === connection.closeCode ? 'answered' : 'handshake';
    const { owner } = stream;
    const isFirst = stream.state !== 'closed';
    this.hub.close(stream, code === ABNORMAL_CLOSURE ? 'broken' : ending);
    // While the queue is open: the engine still knows what its positions stand for.
    await this.flushCursors();
    if (isFirst) this.engine.closeQueue(owner);
    const remaining = this.hub.streamsOf(owner.tenant, owner.clientId);
    if (!remaining.some((other) => other.owner.device === owner.device)) this.firstDeliveries.forget(owner);
  }

  /**
   * Acknowledges a log up to `seq` for a connection's client and device.
   *
   * @throws ChatError `ROOM_NOT_FOUND` when it does not receive from that log
   */
  acknowledge(connection: Connection, log: string, seq: number): void {
    if (connection.stream === undefined || !this.hub.acknowledge(connection.stream, log, seq)) throw new ChatError('ROOM_NOT_FOUND');
  }

  /**
   * Acknowledges a log up to `seq` for a client and device, wherever that is connected, if it is; resolves when that is stored.
   *
   * @throws ChatError `ROOM_NOT_FOUND` when it does not receive from that log
   */
  async acknowledgeFor(owner: QueueOwner, log: string, seq: number): Promise<void> {
    const streams = this.hub.streamsOf(owner.tenant, owner.clientId).filter((stream) => stream.owner.device === owner.device);
    const here = streams.filter((stream) => this.hub.acknowledge(stream, log, seq));
    // Not through the journal, which would not say whether it is stored.
    const dropped = here[0]?.subscriptions.get(log)?.droppedUpTo(seq);
    const update: CursorUpdate = { ...owner, log, seq, clientSeq: seq, at: this.clock.now(), ...(dropped !== undefined && { dropped }) };
    const [before] = await this.saveCursors({ cursors: [update], audiences: [here[0]?.audience], presence: [] });
    if (before === undefined && here.length === 0) throw new ChatError('ROOM_NOT_FOUND');
  }

  isSent(tenant: string, clientId: string, log: string, seq: number): boolean {
    return this.hub.streamsOf(tenant, clientId).some((stream) => (stream.subscriptions.get(log)?.sentSeq ?? 0) >= seq);
  }

  /** The open streams of a client. */
  streamsOf(tenant: string, clientId: string): readonly DeliveryStream[] {
    return this.hub.streamsOf(tenant, clientId);
  }

  /** A log as it is delivered here, if somebody who receives from it is connected. */
  feedOf(tenant: string, log: string): LogFeed | undefined {
    return this.hub.feedOf(tenant, log);
  }

  /** Writes statuses to a stream that receives them, oldest first; see {@link DeliveryHub.writeStatuses}. */
  writeStatuses(stream: DeliveryStream, statuses: readonly Status[]): void {
    this.hub.writeStatuses(stream, statuses);
  }

  async flushCursors(): Promise<void> {
    this.flushedAt = monotonicClock.now();
    const raised = this.hub.takeRaised(this.clock.now());
    if (raised === undefined) return;
    const stored = this.store(raised);
    this.flushing = Promise.all([this.flushing, stored]);
    await stored;
  }

  private async store(raised: RaisedCursors): Promise<void> {
    try {
      const presence = raised.presence.map(({ owner, position }) => this.engine.savePresencePosition(owner, position));
      await Promise.all([raised.cursors.length > 0 ? this.saveCursors(raised) : undefined, ...presence]);
    } catch (error) {
      // What was not stored is delivered again: at least once.
      this.logger.error({ msg: 'cursors not stored', err: error });
    }
  }

  private async saveCursors({ cursors: updates, audiences }: RaisedCursors): Promise<(number | undefined)[]> {
    const before = await this.engine.saveCursors(updates);
    if (!this.chatEvents.wanted('delivered')) return before;
    const delivered = updates.flatMap((update, i) => (update.tenant === SYSTEM_TENANT ? [] : this.firstDeliveries.of(update, before[i], audiences[i])));
    if (delivered.length > 0) this.chatEvents.emit('delivered', delivered);
    return before;
  }

  /** The queue is not delivered, even if it is answered yet. */
  private abandon(opening: Opening, opened: Promise<OpenedQueue>): void {
    this.hub.abandon(opening);
    opened.then(
      () => this.engine.closeQueue(opening.owner),
      () => undefined,
    );
  }

  private tick(): void {
    this.hub.tick();
    if (monotonicClock.now() - this.flushedAt >= CURSOR_FLUSH_INTERVAL_MS) void this.flushCursors();
  }

  private heard(stream: DeliveryStream): void {
    this.hub.heard(stream);
  }

  private greet(connection: Connection, queue: OpenedQueue, waiting: QueueSummary): void {
    const data: ConnectedData = {
      client_id: connection.principal.clientId,
      connection_id: connection.id,
      device: connection.device,
      heartbeat_interval: this.settings.heartbeatIntervalSeconds,
      resumed: queue.known,
      queued: waiting.size,
      dropped: waiting.dropped,
      ...(connection.debugAsked && { debug: connection.debug !== undefined }),
    };
    connection.sendControl('connected', data);
  }

  private reportOverflow(stream: DeliveryStream, dropped: readonly DroppedRange[]): void {
    const rooms = dropped.map(({ log, fromSeq, toSeq, count }) => ({ room_id: log, from_seq: fromSeq, to_seq: toSeq, dropped: count }));
    const total = dropped.reduce((sum, { count }) => sum + count, 0);
    const data: QueueOverflowData = {
      code: 'QUEUE_OVERFLOW',
      message: `${total} notifications were dropped: the queue keeps the newest ${this.settings.queueMaxPerClient} of the last ${this.settings.queueTtlSeconds} s`,
      dropped: total,
      rooms,
      timestamp: new Date(this.clock.now()).toISOString(),
    };
    stream.sink.write(encodeTextFrame(controlText('error', data)));
    this.events.emit('overflowed', stream, dropped);
    const { owner } = stream;
    if (this.chatEvents.wanted('dropped')) this.chatEvents.emit('dropped', dropped.map((range) => ({ ...owner, ...range })));
    if (this.chatEvents.wanted('delivered')) this.firstDeliveries.dropped(owner, dropped);
  }
}

/** Closes a connection whose queue could not be opened: the client should try again. */
export function closeUnserved(connection: Connection, error: unknown, now: number): void {
  const known = error instanceof ChatError ? error : new ChatError('SERVER_ERROR');
  connection.sendError(known, new Date(now).toISOString());
  connection.close(CloseCode.TryAgainLater, 'try again later');
}
