// Notifications on their way to the listeners: each once, and, where these acknowledge, one after the other.
import type { QueueOverflowData } from '../protocol/subprotocol.js';
import { Acknowledger } from './acknowledger.js';
import { ChatClientError } from './client-error.js';
import type { AnyNotification, ChatClientEvents } from './client-events.js';
import type { Emitter } from './emitter.js';
import type { Link } from './link.js';
import { logOf, ReceivedLogs } from './received-logs.js';
import { isValid } from './server-frame.js';

/** The code of a connection that was given up here. */
export const GIVEN_UP = 1006;

/** The notifications that have an event of their own; a backend's own types have none. */
const OWN_EVENTS: readonly string[] = ['message', 'room_update', 'client_status'];

/** What came of all connections. */
export class Inbox {
  readonly acknowledger = new Acknowledger();
  private readonly logs: ReceivedLogs;
  private readonly byListeners: boolean;
  private handling: Promise<void> = Promise.resolve();
  private connection = 0;

  constructor(
    private readonly events: Emitter,
    { acknowledge, maxSeenPerRoom, maxSeen }: { acknowledge: 'transport' | 'client'; maxSeenPerRoom: number; maxSeen: number },
  ) {
    this.byListeners = acknowledge === 'client';
    this.logs = new ReceivedLogs(maxSeenPerRoom, maxSeen);
  }

  /** Another connection brings them from now on. */
  start(link: Link): void {
    this.connection++;
    if (this.byListeners) this.acknowledger.start(link);
  }

  /** Takes a notification. */
  receive(link: Link, notification: AnyNotification): void {
    const { connection } = this;
    if (this.byListeners) {
      this.handling = this.handling.then(() => this.handle(link, notification, connection));
    } else if (this.admit(notification, connection)) {
      this.logs.keep(notification, connection);
      for (const name of eventsOf(notification)) this.events.emit(name, notification);
    }
  }

  /** Numbers that were dropped are not missing. */
  overflow(overflow: QueueOverflowData): void {
    this.events.emit('overflow', overflow);
    for (const { room_id, to_seq } of overflow.rooms) this.logs.dropped(room_id, to_seq);
  }

  /** Whether listeners get it: not when it has come before, nor when it is not what its type promises. */
  private admit(notification: AnyNotification, connection: number): boolean {
    if (this.logs.has(notification)) return false;
    const gap = this.logs.gap(notification, connection);
    if (gap) this.events.emit('gap', gap);
    if (isValid(notification)) return true;
    this.logs.keep(notification, connection);
    this.events.emit('error', new ChatClientError('INVALID_NOTIFICATION', 'A notification is not what the protocol says', { notification }));
    return false;
  }

  /** What a connection has brought and nobody has begun with when it ends comes again on the next one. */
  private async handle(link: Link, notification: AnyNotification, connection: number): Promise<void> {
    if (link.isOver) return;
    if (this.admit(notification, connection)) {
      try {
        for (const name of eventsOf(notification)) await this.events.handled(name, notification);
      } catch {
        // Nothing behind it may be acknowledged before it.
        link.end(GIVEN_UP, 'a listener failed');
        return;
      }
      this.logs.keep(notification, connection);
    }
    if (notification.seq !== undefined) this.acknowledger.handled(logOf(notification), notification.seq);
  }
}

function eventsOf({ type }: AnyNotification): (keyof ChatClientEvents)[] {
  return OWN_EVENTS.includes(type) ? ['notification', type as 'message'] : ['notification'];
}
