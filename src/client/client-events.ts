// What a client tells: notifications, and what happens to its connection.
import type { ClientStatusData, MessageData, RoomUpdateData } from '../protocol/notification.js';
import type { ConnectedData, QueueOverflowData } from '../protocol/subprotocol.js';
import type { ChatClientError } from './client-error.js';

/** What every notification has. */
export interface NotificationOf<Type extends string, Data> {
  type: Type;
  /** Unique: the key by which repeated ones were removed. */
  id: string;
  /** Its place in the order of its room, or of the client's own notifications; `client_status` has none. */
  seq?: number;
  data: Data;
  /** With the option `debug`, if the token may have it. */
  debug?: Record<string, unknown>;
}

export type MessageNotification = NotificationOf<'message', MessageData>;
export type RoomUpdateNotification = NotificationOf<'room_update', RoomUpdateData>;
export type ClientStatusNotification = NotificationOf<'client_status', ClientStatusData>;

/** Of any type, a backend's own too. */
export type AnyNotification = NotificationOf<string, Record<string, unknown>>;

/** A frame as it came: a notification, an error, or a control frame. */
export interface ServerFrame {
  type: string;
  id?: string;
  seq?: number;
  ref?: string;
  data: Record<string, unknown>;
}

/**
 * Numbers of a room that did not come. No proof of a loss: they are also missing where a member was added or removed silently, where the token does not receive
 * a type, and, over two connections, where another connection of the same device took them. What an `overflow` has told of is not told again.
 * What the room's log still keeps can be read by `GET /rooms/:room_id/messages?after=`.
 */
export interface Gap {
  /** The room, or `@` and the client id for the client's own notifications. */
  room: string;
  /** The last number before it. */
  after: number;
  /** The first one behind it, which comes next. */
  before: number;
  missing: number;
  /** Whether the connection was made anew in between. */
  reconnected: boolean;
}

/** How a connection ended, or that none came about. */
export interface Disconnection {
  /** The close code; 1006 without a closing handshake, 4408 when this client saw no sign of life. */
  code: number;
  reason: string;
  /** Milliseconds until the next attempt; undefined when there will be none. */
  retryInMs?: number;
}

/**
 * `idle`: never connected. `connecting`. `open`: everything that was missed is on its way. `waiting`: for the next attempt.
 * `closed`: by `close()`, or because trying again would not help.
 */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

/** Every event and what its listeners get. */
export interface ChatClientEvents {
  message: MessageNotification;
  room_update: RoomUpdateNotification;
  client_status: ClientStatusNotification;
  /** Every notification, those above too, in the order in which they come, each once. */
  notification: AnyNotification;
  state: ConnectionState;
  connected: ConnectedData;
  disconnected: Disconnection;
  gap: Gap;
  /** Notifications fell out of the queue while the client was away, or too slow. */
  overflow: QueueOverflowData;
  /** A message waits because the client has sent too many; it is sent again by itself. */
  rate_limited: { retryInMs: number };
  /** What went wrong and belongs to no call of yours: errors of the server, of the token provider, of your listeners. */
  error: ChatClientError;
  /** Every frame as it came, repeated ones too: for looking at, not for working with. */
  frame: ServerFrame;
}

/** Gets what an event tells. What it returns matters only to notifications, and with `acknowledge: 'client'`. */
export type Listener<T> = (event: T) => unknown;
