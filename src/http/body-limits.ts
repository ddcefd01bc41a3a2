// How large a request's body may be.

const MEBIBYTE = 1024 * 1024;

/** JSON may spell one byte of content with six, as in `\u0000`. */
const JSON_ESCAPE_FACTOR = 6;

/** Room for everything but the content: keys, ids, `metadata`. */
const ENVELOPE_BYTES = 64 * 1024;

/** The largest body of a bulk publish, in bytes. */
export const MAX_BULK_BODY_BYTES = 8 * MEBIBYTE;

/**
 * The largest body of every other request, in bytes: 1 MiB, or what a message of MAX_PAYLOAD_BYTES may need. The
 * content itself is measured where it is published.
 */
export function maxBodyBytes(maxPayloadBytes: number): number {
  return Math.max(MEBIBYTE, maxPayloadBytes * JSON_ESCAPE_FACTOR + ENVELOPE_BYTES);
}
