// Which notifications of its logs a connection is given: one kind of connection among those that receive from a log.

/**
 * What a connection receives. It is asked at the moment at which a notification would be written, so what it says then counts;
 * what it leaves out moves the connection's position on, and is not given later.
 *
 * @publicApi
 */
export interface Audience {
  /** Audiences of one key receive the same: for new notifications one of them is asked for all, and all share the bytes. */
  readonly key: string;
  /**
   * Whether a notification is for it. Asked in the path of delivery, once a notification and key for those who are live, and
   * once a notification for each connection that catches up: it must be quick. When it throws, the notification is left out.
   *
   * @param type such as `message`, `client_status`, or a backend's own
   * @param log the room's id; `@` and the client's id for its own notifications; empty for `client_status`, which stands in no log
   * @param notification parses the whole notification as it would be received; to be called during this call only, if at all
   */
  receives(type: string, log: string, notification: () => unknown): boolean;
}

/** An audience that never throws: what its original fails at is left out, and the first failure is reported. */
export class GuardedAudience implements Audience {
  readonly key: string;
  private hasFailed = false;

  constructor(
    private readonly original: Audience,
    private readonly failed: (cause: unknown) => void,
  ) {
    this.key = original.key;
  }

  receives(type: string, log: string, notification: () => unknown): boolean {
    try {
      // A promise is no answer: it would be true whatever comes of it.
      return this.original.receives(type, log, notification) === true;
    } catch (cause) {
      if (!this.hasFailed) this.failed(cause);
      this.hasFailed = true;
      return false;
    }
  }
}
