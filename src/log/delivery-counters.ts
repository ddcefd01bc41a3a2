// What delivery counts, for whoever watches it.

/** Totals since the start. */
export interface DeliveryCounters {
  /** Notifications that fell out of the queue of a connected client, because it holds no more (QUEUE_MAX_PER_CLIENT). */
  droppedByOverflow: number;
  /** And because they were too old (QUEUE_TTL_SECONDS). */
  droppedByAge: number;
  /** How often a connection was left alone because it did not keep up. */
  waits: number;
  /** Pongs that echoed something else than the outstanding ping. */
  mismatchedPongs: number;
  /** Connections that garbled two pongs in a row. */
  cannotAcknowledge: number;
  /** Connections closed because they did not read for too long. */
  stuck: number;
  /** Connections closed because they gave no sign of life. */
  heartbeatsMissed: number;
  /** Reads of the store that failed and are tried again. */
  failedReads: number;
  /** Audiences that failed to say what they receive; each counts once. */
  failedAudiences: number;
  /** Notifications that were compressed; each counts once, however many receive it. */
  compressedNotifications: number;
  /** What those took before, bytes. */
  bytesBeforeCompression: number;
  /** What they took compressed, bytes. */
  bytesAfterCompression: number;
}

/** All zero. */
export function createDeliveryCounters(): DeliveryCounters {
  return {
    droppedByOverflow: 0,
    droppedByAge: 0,
    waits: 0,
    mismatchedPongs: 0,
    cannotAcknowledge: 0,
    stuck: 0,
    heartbeatsMissed: 0,
    failedReads: 0,
    failedAudiences: 0,
    compressedNotifications: 0,
    bytesBeforeCompression: 0,
    bytesAfterCompression: 0,
  };
}
