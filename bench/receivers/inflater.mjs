// Compressed messages (RFC 7692). What is sent to all members of a room in the same bytes is inflated once for all of them.
import { inflateRawSync } from 'node:zlib';

/** Ends a message's deflate stream (RFC 7692 §7.2.2). */
const DEFLATE_TAIL = Buffer.from([0, 0, 0xff, 0xff]);
/** Z_SYNC_FLUSH: a message is no complete deflate stream. */
const SYNC_FLUSH = 2;
const WINDOW_BYTES = 32 * 1024;
/** As far as receivers may be apart from each other, in messages. A power of two. */
const REMEMBERED = 4096;
const NOTHING = Buffer.alloc(0);

/** By their place among the compressed messages of a connection: {place, compressed, inflated, window}. */
const remembered = new Array(REMEMBERED);

/**
 * Inflates the messages of one connection: each one's bytes are compared with what another connection got in the same place.
 *
 * With context takeover, equal bytes mean the same only after an equal past: a connection that once got other bytes inflates all by itself.
 */
export class Inflater {
  place = 0;
  window = NOTHING;
  isLikeOthers = true;

  /** @param keepsContext the server compresses with context takeover (§7.1.1.1) */
  constructor(keepsContext) {
    this.keepsContext = keepsContext;
  }

  /** @returns the message whose payload is from `start` to `end` */
  inflate(bytes, start, end) {
    const place = this.place++;
    const known = remembered[place & (REMEMBERED - 1)];
    const mayShare = this.isLikeOthers || !this.keepsContext;
    if (mayShare && known?.place === place && known.keepsContext === this.keepsContext && known.compressed.compare(bytes, start, end) === 0) {
      this.window = known.window;
      return known.inflated;
    }
    if (known?.place === place) this.isLikeOthers = false;
    const compressed = Buffer.from(bytes.subarray(start, end));
    const options = this.keepsContext && this.window.length > 0 ? { finishFlush: SYNC_FLUSH, dictionary: this.window } : { finishFlush: SYNC_FLUSH };
    const inflated = inflateRawSync(Buffer.concat([compressed, DEFLATE_TAIL]), options);
    if (this.keepsContext) this.window = Buffer.concat([this.window, inflated]).subarray(-WINDOW_BYTES);
    if (mayShare) remembered[place & (REMEMBERED - 1)] = { place, keepsContext: this.keepsContext, compressed, inflated, window: this.window };
    return inflated;
  }
}
