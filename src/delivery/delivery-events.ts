// What delivery tells the rest of the process.
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { DeliveryStream, DroppedRange } from '../log/index.js';

interface DeliveryEventMap {
  /** Notifications fell out of the queue of a client that is connected. */
  overflowed: [stream: DeliveryStream, dropped: readonly DroppedRange[]];
  /** A stream that missed presence changes can be told of them. */
  presenceMissed: [stream: DeliveryStream];
}

/**
 * Typed events of delivery. Listeners are called at once and must not throw.
 *
 * @publicApi
 */
@Injectable()
export class DeliveryEvents extends EventEmitter<DeliveryEventMap> {}
