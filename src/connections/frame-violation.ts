// What the WebSocket library closes a connection with whose peer breaks the protocol.

/** RFC 6455 §7.4.1. */
const PROTOCOL_ERROR = 1002;
const INVALID_PAYLOAD = 1007;

/** By the library's error codes (`ws`, doc/ws.md, "Error codes"); the others are protocol errors. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: INVALID_PAYLOAD,
};

/** The code of the close frame that the library sends for an error of its own. */
export function violationCloseCode({ code }: NodeJS.ErrnoException): number {
  // Compressed data that cannot be inflated is an error of zlib.
  if (code === undefined || !code.startsWith('WS_ERR_')) return INVALID_PAYLOAD;
  return CLOSE_CODES[code] ?? PROTOCOL_ERROR;
}
