// The numbers that rule delivery to one connection.

/** Limits and intervals of delivery. */
export interface DeliveryOptions {
  /** Notifications kept for a client (QUEUE_MAX_PER_CLIENT). */
  queueMax: number;
  /** Past so many bytes in its socket buffer a connection is not written to until it drains (SEND_BUFFER_MAX_BYTES). */
  sendBufferMaxBytes: number;
  /** Past so many unacknowledged notifications a connection is not written to until it acknowledges; WINDOW_GROWTH times as many where it acknowledged a full window. */
  windowNotifications: number;
  /** The longest a notification waits for a ping to ask for its acknowledgement, ms (ACK_INTERVAL_MS). */
  ackIntervalMs: number;
  /** How long a transport acknowledgement waits before it moves the cursor, ms (ACK_SETTLE_MS). */
  ackSettleMs: number;
  /** Between two pings of an idle connection, ms (HEARTBEAT_INTERVAL_SECONDS). */
  heartbeatIntervalMs: number;
  /** Silence after which a connection is closed, ms (HEARTBEAT_TIMEOUT_SECONDS). */
  heartbeatTimeoutMs: number;
  /** Memory for the newest entries of all logs that somebody is connected to, bytes (TAIL_CACHE_BYTES). */
  tailCacheBytes: number;
  /** Connections that one fan-out writes to before timers and sockets have their turn. */
  fanOutSlice: number;
  /** Notifications this large or larger are compressed for those who have negotiated it, bytes; 0 = none (COMPRESSION_THRESHOLD_BYTES). */
  compressionThresholdBytes: number;
}

/** Unacknowledged notifications after which a ping asks, without waiting for the interval. */
export const PING_AFTER_NOTIFICATIONS = 64;

/** Unacknowledged bytes after which a ping asks, without waiting for the interval. */
export const PING_AFTER_BYTES = 256 * 1024;

/** Unacknowledged notifications past which a connection is left alone. With 1,024 a close frame stands behind more than the network holds for who does not read. */
export const WINDOW_NOTIFICATIONS = 256;

/** So many times as many may be unacknowledged by who acknowledges, and has still more to get. */
export const WINDOW_GROWTH = 4;

/** Unacknowledged bytes past which a connection is left alone. */
export const WINDOW_BYTES = 1024 * 1024;

/** A connection that is left alone this long without draining or acknowledging anything is closed, ms. */
export const STUCK_AFTER_MS = 30_000;

/** How often connections that are left alone are looked after, ms: so much later than above they may be closed. */
export const STUCK_CHECK_MS = 5_000;

/** How long a read of the store that failed waits to be tried again, ms. */
export const READ_RETRY_MS = 500;

/** How often dirty cursors are written, ms. */
export const CURSOR_FLUSH_INTERVAL_MS = 1_000;

/** The largest chunk that is written at once: notifications. */
export const CHUNK_NOTIFICATIONS = 1_024;

/** The largest chunk that is written at once: bytes (one notification may be larger). */
export const CHUNK_BYTES = 256 * 1024;

/** Entries of a page that is read from the store at once: a whole queue, as a rule. It ends at CHUNK_BYTES too. */
export const PAGE_NOTIFICATIONS = 1_024;

/** Connections that one fan-out writes to in one turn of the event loop: some 10 to 50 ms. */
export const FAN_OUT_SLICE = 1_024;

/** Payload of a ping: so much that nobody guesses it, bytes. */
export const NONCE_BYTES = 8;
