// A connection that is debugged: its notifications are framed for it alone, with what is known of their way to it.
import { type NotificationDebug, textFrameEnd, textFramePayload, encodeDeflatedFrame, encodeTextFrame } from '../protocol/index.js';
import type { Clock } from './clock.js';
import type { DeliveryContext } from './delivery-context.js';
import { type AcknowledgementMode, DeliveryStream } from './delivery-stream.js';
import type { SharedFrames } from './encoded-chunk.js';
import type { FrameCompressor } from './frame-compressor.js';
import type { FrameSink } from './frame-sink.interface.js';
import type { OpenedQueue } from './queue.js';
import type { QueueOwner } from './queue-owner.js';
import type { Subscription } from './subscription.js';
import type { UnsettledWrites } from './unsettled-writes.js';

/** Who debugs a connection. */
export interface StreamDebug {
  readonly node: string;
  readonly connectionId: string;
  /** The time that is shown. */
  readonly clock: Clock;
  /** Whether it may still be told: its token may have been replaced by one that does not allow it. */
  readonly active: boolean;
  /** Says in the log what happens to the connection. Must not throw. */
  note(event: string, details: Readonly<Record<string, unknown>>): void;
}

/** Adds `debug` to each notification that is written to it. Nothing of this is shared, and nobody else pays for it. */
export class DebugStream extends DeliveryStream {
  /** The heads of its logs when it began. */
  private readonly heads: ReadonlyMap<string, number>;

  constructor(
    owner: QueueOwner,
    mode: AcknowledgementMode,
    sink: FrameSink,
    queue: OpenedQueue,
    presencePosition: number,
    context: DeliveryContext,
    private readonly ownCompressor: FrameCompressor | undefined,
    private readonly debug: StreamDebug,
    private readonly unsettledWrites: UnsettledWrites,
  ) {
    // The frames that are compressed for all are not for it.
    super(owner, mode, sink, presencePosition, context, undefined);
    this.heads = new Map(queue.logs.map(({ log, head }) => [log, head]));
  }

  override deliver(subscription: Subscription, frames: Buffer, through: number, count: number, shared?: SharedFrames): void {
    // What it was written is not in the queue of what was written before it.
    const queueSize = this.pending;
    const own: Buffer[] = [];
    for (let i = 0, offset = 0; i < count; i++, offset = textFrameEnd(frames, offset)) {
      const text = textFramePayload(frames, offset);
      own.push(this.encode(this.debug.active ? this.annotated(text, subscription, i, shared, queueSize) : text));
    }
    const bytes = Buffer.concat(own);
    super.deliver(subscription, bytes, through, count);
    this.note('written', { ...(subscription.feed && { log: subscription.log }), through, count, bytes: bytes.length, queue_size: queueSize });
  }

  override resume(): void {
    const before = this.state;
    super.resume();
    if (before === 'waiting' && this.state !== before) this.note('flows again', {});
  }

  protected override wait(): void {
    const before = this.state;
    super.wait();
    if (this.state === before) return;
    this.note('waits', { buffered_bytes: this.sink.bufferedBytes, window_open: this.window.open });
  }

  private note(event: string, details: Readonly<Record<string, unknown>>): void {
    if (this.debug.active) this.debug.note(event, details);
  }

  /** The text of a notification with `debug` as its last member. */
  private annotated(text: string, subscription: Subscription, index: number, shared: SharedFrames | undefined, queueSize: number): string {
    const { debug, context } = this;
    const now = debug.clock.now();
    const seq = shared?.seqAt(index);
    const published = shared?.publishedAt(index) ?? statusTime(text);
    const age = shared?.broughtAt === undefined ? undefined : context.clock.now() - shared.broughtAt;
    const stored = age === undefined ? published : Math.max(published, Math.round(now - age));
    const about: NotificationDebug = {
      node: debug.node,
      connection_id: debug.connectionId,
      seq: seq ?? null,
      published_at: new Date(published).toISOString(),
      stored_at: new Date(stored).toISOString(),
      sent_at: new Date(now).toISOString(),
      latency_ms: now - published,
      replayed: seq === undefined ? published < this.openedAt : seq <= (this.heads.get(subscription.log) ?? 0),
      attempt: seq === undefined ? 1 : 1 + this.unsettledWrites.count(this.owner, subscription.log, seq),
      queue_size: queueSize,
    };
    return `${text.slice(0, -1)},"debug":${JSON.stringify(about)}}`;
  }

  private encode(text: string): Buffer {
    const compressed = this.ownCompressor?.compress(Buffer.from(text));
    return compressed === undefined ? encodeTextFrame(text) : encodeDeflatedFrame(compressed);
  }
}

/** A status is as old as it says: it is kept nowhere else. */
function statusTime(text: string): number {
  const { data } = JSON.parse(text) as { data: { last_seen: string } };
  return Date.parse(data.last_seen);
}
