// What is measured of delivery: notifications by kind, and how old they are when they are written and acknowledged.
import { type NotificationKind, NotificationType } from '../protocol/index.js';
import type { Clock } from './clock.js';
import type { AcknowledgementMode } from './delivery-stream.js';
import type { EncodedChunk } from './encoded-chunk.js';
import { Histogram } from './histogram.js';

/** Bounds of latencies, seconds. */
export const LATENCY_BOUNDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Bounds of queue sizes, notifications. */
export const QUEUE_SIZE_BOUNDS: readonly number[] = [0, 1, 10, 50, 100, 250, 500, 750, 900, 1000, 10_000, 100_000];

/** Notifications by kind. */
export type KindCounts = Record<NotificationKind, number>;

/** All zero. */
export function createKindCounts(): KindCounts {
  return { message: 0, room_update: 0, client_status: 0, custom: 0 };
}

/** Called once a write to a connection at the most, and once a chunk where many get the same. */
export class DeliveryMeter {
  /** Written to a connection: counted again for every connection, and when they are repeated. */
  readonly written = createKindCounts();
  /** Of these, published before their connection began: they waited for it. */
  replayed = 0;
  /** Of these, written before to another connection of the same client and device, which ended before it acknowledged them. */
  repeated = 0;
  /** Acknowledged, by what did it. */
  readonly acknowledged: Record<AcknowledgementMode, number> = { transport: 0, client: 0, resumption: 0 };
  /** From publishing to writing, seconds; of those that were published while the connection was there. */
  readonly writeLatency = new Histogram(LATENCY_BOUNDS);
  /** From publishing to the acknowledgement, by what did it; of the same. */
  readonly acknowledgementLatency: Record<Exclude<AcknowledgementMode, 'resumption'>, Histogram> = {
    transport: new Histogram(LATENCY_BOUNDS),
    client: new Histogram(LATENCY_BOUNDS),
  };
  /** What waits for connections when they begin, at most; silent numbers count too. */
  readonly queueAtOpening = new Histogram(QUEUE_SIZE_BOUNDS);

  /** @param clock the one by which notifications are published */
  constructor(readonly clock: Clock) {}

  /** A chunk was written to so many connections that were live. */
  wroteLive(chunk: EncodedChunk, connections: number): void {
    chunk.countKinds(this.written, 0, chunk.count, connections);
    this.observe(this.writeLatency, chunk.publishedAt(0), connections * chunk.count);
  }

  /** Frames `from` to `to` of a chunk were written to a connection that began at `openedAt`. */
  wrote(chunk: EncodedChunk, from: number, to: number, openedAt: number): void {
    chunk.countKinds(this.written, from, to, 1);
    const publishedAt = chunk.publishedAt(from);
    if (publishedAt >= openedAt) this.observe(this.writeLatency, publishedAt, to - from);
    else this.replayed += to - from;
  }

  /** Statuses were written. */
  wroteStatuses(count: number): void {
    this.written[NotificationType.ClientStatus] += count;
  }

  /**
   * Notifications were acknowledged.
   *
   * @param fresh how many of them were published while the connection was there
   * @param publishedAt the oldest of those
   */
  acknowledges(mode: 'transport' | 'client', count: number, fresh: number, publishedAt: number): void {
    this.acknowledged[mode] += count;
    if (fresh > 0) this.observe(this.acknowledgementLatency[mode], publishedAt, fresh);
  }

  /** A client that came back has said to have received so many that were not acknowledged. */
  resumes(count: number): void {
    this.acknowledged.resumption += count;
  }

  /** The clocks of two servers are not quite the same. */
  private observe(histogram: Histogram, publishedAt: number, weight: number): void {
    histogram.observe(Math.max(0, this.clock.now() - publishedAt) / 1000, weight);
  }
}
