// What a client says to have received over connections that have ended.

/** The newest notification of a log that a client has received: all before it in that log, too. */
export interface ReceivedEntry {
  /** See `notificationId`. */
  readonly incarnation: number;
  readonly seq: number;
}

/** The newest status that a client has received, among all changes of presence. */
export interface ReceivedStatus {
  /** Whose status it is. */
  readonly clientId: string;
  readonly position: number;
}

/** What is not to be delivered again. */
export interface ReceivedPositions {
  /** By the log's name. */
  readonly entries: ReadonlyMap<string, ReceivedEntry>;
  readonly status?: ReceivedStatus | undefined;
}
