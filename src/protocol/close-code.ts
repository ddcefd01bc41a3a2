// Every code the server closes a WebSocket with, and whether a client should come back after it.

/** Close codes (RFC 6455 §7.4; 4000 to 4999 are the application's). */
export const CloseCode = {
  /** Normal end, at the client's wish. */
  Normal: 1000,
  /** The server is shutting down: reconnect, to another node or a little later. */
  GoingAway: 1001,
  /** A frame larger than MAX_PAYLOAD_BYTES. */
  MessageTooBig: 1009,
  /** Overloaded, or the client did not read for too long: reconnect with back-off. */
  TryAgainLater: 1013,
  /** It has lasted long enough, or an operator ended it: reconnect. */
  LifetimeReached: 4001,
  /** Too many invalid frames, or far too many of any kind: mend the client first. */
  InvalidFrames: 4400,
  /** Authentication failed, or the token expired or was revoked: reconnect with another token. */
  Unauthenticated: 4401,
  /** Banned: reconnect when the ban ends. */
  Banned: 4403,
  /** No sign of life within HEARTBEAT_TIMEOUT_SECONDS: reconnect. */
  HeartbeatMissed: 4408,
  /** Too many connections of this client: close another one first. */
  TooManyConnections: 4429,
} as const;

/** One of the values of {@link CloseCode}. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];
