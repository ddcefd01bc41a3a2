// Which notifications are worth compressing, for receivers that have negotiated permessage-deflate.
import { deflateMessage } from '../protocol/index.js';
import type { DeliveryCounters } from './delivery-counters.js';

/** Larger ones are sent as they are: compressing them would hold up everybody else for more than 10 ms. */
export const MAX_COMPRESSED_BYTES = 1024 * 1024;

/** Compresses single notifications, synchronously, so that the order of a log is kept without waiting. */
export class FrameCompressor {
  constructor(
    /** Smaller ones are sent as they are (COMPRESSION_THRESHOLD_BYTES). */
    private readonly thresholdBytes: number,
    private readonly counters: DeliveryCounters,
  ) {}

  /** A notification's text, compressed; undefined when it is better sent as it is. */
  compress(text: Buffer): Buffer | undefined {
    if (text.length < this.thresholdBytes || text.length > MAX_COMPRESSED_BYTES) return undefined;
    const compressed = deflateMessage(text);
    if (compressed.length >= text.length) return undefined;
    this.counters.compressedNotifications++;
    this.counters.bytesBeforeCompression += text.length;
    this.counters.bytesAfterCompression += compressed.length;
    return compressed;
  }
}
