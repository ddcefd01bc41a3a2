// What a debugged connection is told of each notification.

/** What a debugged connection is told of a notification, beside the notification itself. Times are RFC 3339, UTC, milliseconds. */
export interface NotificationDebug {
  /** The server that wrote it. */
  node: string;
  connection_id: string;
  /** The notification's; null for `client_status`, which stands in no order. */
  seq: number | null;
  published_at: string;
  /** When this server knew that it is stored; for what was read from the store, the time that the store has: that of publishing. */
  stored_at: string;
  sent_at: string;
  /** From `published_at` to `sent_at`. */
  latency_ms: number;
  /** It was in the queue before this connection began. */
  replayed: boolean;
  /** 1, and one more for each earlier connection of this client and device, at this server, that was written it and did not acknowledge it. */
  attempt: number;
  /** Numbers of all its logs that are not acknowledged, this one's too; at most QUEUE_MAX_PER_CLIENT. */
  queue_size: number;
}
