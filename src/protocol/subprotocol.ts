// The WebSocket subprotocol: which frames a connection understands, and the token it may carry.

/** Spoken by clients that know the control frames; without it a connection gets the specification's frames only. */
export const SUBPROTOCOL_V1 = 'chatapi.v1';

/** In front of a token among the offered subprotocols, for browsers, which can set no header. */
export const BEARER_SUBPROTOCOL_PREFIX = 'bearer.';

/** `data` of `connected`, the first frame of a `chatapi.v1` connection. */
export interface ConnectedData {
  client_id: string;
  connection_id: string;
  /** Empty for the shared position. */
  device: string;
  /** Seconds between two pings of the server. */
  heartbeat_interval: number;
  /** Whether this client (and device) has been served before. */
  resumed: boolean;
  /** Notifications waiting, which follow now. */
  queued: number;
  /** Notifications that fell out of the queue while away. */
  dropped: number;
  /** Whether it is debugged; only for who has asked for that. */
  debug?: boolean;
}

/** `data` of `token_expiring`, and the result of a `token_refresh`. */
export interface TokenExpiringData {
  /** When the connection's token ends, without the clock tolerance (RFC 3339). */
  expires_at: string;
}

/** `data` of `reconnect`, sent before a planned close. */
export interface ReconnectData {
  reason: string;
  /** Milliseconds to wait before coming back. */
  after_ms: number;
}

/** `data` of a `QUEUE_OVERFLOW` error. */
export interface QueueOverflowData {
  code: 'QUEUE_OVERFLOW';
  message: string;
  dropped: number;
  /** The range of `seq` that was dropped, by room; a client's own notifications stand under `@<client_id>`. */
  rooms: { room_id: string; from_seq: number; to_seq: number; dropped: number }[];
  timestamp: string;
}
