// Which notifications a connection receives, of all that its logs bring.

/**
 * A rule about notifications, asked at delivery. What it excludes is not written to the connection, and its position
 * moves past it: it does not come again, on this connection or the next.
 *
 * @publicApi
 */
export interface Audience {
  /**
   * Equal keys, equal answers: within one log, what was selected for one audience is written to all that have its key.
   */
  readonly key: string;
  /**
   * Asked once a notification for each key and fan-out, in the hot path: it must not wait. One that throws excludes the
   * notification.
   *
   * @param log a room's id, `@` and the client's id for its own log, or empty for `client_status`, which is in no log
   * @param notification parses the notification as the client would see it, anew at each call
   */
  receives(type: string, log: string, notification: () => unknown): boolean;
}
