// What a stream needs from the hub it belongs to.
import type { Clock } from './clock.js';
import type { DeliveryMeter } from './delivery-meter.js';
import type { DeliveryOptions } from './delivery-options.js';
import type { DeliveryStream } from './delivery-stream.js';
import type { DroppedRange, QueueReader } from './queue.js';
import type { SharedReads } from './shared-reads.js';
import type { Subscription } from './subscription.js';

/** The hub, seen from a stream. */
export interface DeliveryContext {
  readonly clock: Clock;
  readonly options: DeliveryOptions;
  readonly reader: QueueReader;
  /** What measures the streams of a tenant. */
  meterOf(tenant: string): DeliveryMeter;
  readonly sharedReads: SharedReads;
  /** The payload of the next ping: known to nobody else. */
  readonly nonce: () => Uint8Array;
  /** Asks the stream for acknowledgements when the interval is over. */
  askLater(stream: DeliveryStream): void;
  /** Its position in a log has settled without an acknowledgement: there was nothing to arrive. */
  settled(subscription: Subscription): void;
  /** It began to wait. */
  waiting(stream: DeliveryStream): void;
  /** It flows again, and is about to catch up. */
  resumed(stream: DeliveryStream): void;
  /** Notifications fell out of its queue; `excess`: so many of them because it holds no more, the others because of their age. */
  overflowed(stream: DeliveryStream, dropped: readonly DroppedRange[], excess: number): void;
  /** The store could not be read. */
  readFailed(stream: DeliveryStream, cause: unknown): void;
}
