// Every frame that is sent over a WebSocket, by its type. What is sent is held against this by the compiler, and `/docs` is made from it.
import type { AckCommand, MessageCommand, PresenceCommand, TokenRefreshCommand } from './commands/index.js';
import type { ToldErrorCode } from './error-code.js';
import type { ClientStatusData, MessageData, PublishedMessage, RoomUpdateData } from './notification.js';
import type { NotificationDebug } from './notification-debug.js';
import type { ConnectedData, QueueOverflowData, ReconnectData, TokenExpiringData } from './subprotocol.js';

/** A notification that stands in the order of a room, or of a client's own notifications. */
export interface SequencedFrame<T extends string, D> {
  type: T;
  /** Unique: the key for removing duplicates. What stands before its last `:` names the room, or `@<client_id>`; the rest is opaque. */
  id: string;
  /** Rises by one a notification of its room. */
  seq: number;
  data: D;
  /** How it came here; only on connections in debug mode. */
  debug?: NotificationDebug;
}

/** A notification that is state, not history: it stands in no order and is not queued. */
export interface StateFrame<T extends string, D> {
  type: T;
  /** Unique: the key for removing duplicates. */
  id: string;
  data: D;
  /** How it came here; only on connections in debug mode. */
  debug?: NotificationDebug;
}

/** A frame that is no notification. */
export interface ControlFrame<T extends string, D> {
  type: T;
  data: D;
}

/** A frame that may answer a command. */
export interface AnswerFrame<T extends string, D> {
  type: T;
  /** That of the command which it answers, where that had one. */
  ref?: string;
  data: D;
}

/** A command. */
export interface CommandFrame<T extends string, D> {
  type: T;
  /** At most 64 characters; comes back in the `ack` or `error`. */
  ref?: string;
  data: D;
}

/** `data` of an `error`. */
export interface ErrorData {
  code: ToldErrorCode;
  message: string;
  /** Absent of `RATE_LIMIT_EXCEEDED` (RFC 3339). */
  timestamp?: string;
  /** Seconds after which it is worth trying again. */
  retry_after?: number;
  /** When the ban ends (`CLIENT_BANNED`). */
  banned_until?: string;
  /** Why the client is banned, where that was said (`CLIENT_BANNED`). */
  reason?: string;
  /** What is wrong with each field, where the message does not say it (`VALIDATION_ERROR`). */
  errors?: Record<string, string[]>;
}

/** No data. */
export type NoData = Record<string, never>;

/** What only connections of `chatapi.v1` are sent. */
export interface ControlFrames {
  /** The first frame of every connection. */
  connected: ControlFrame<'connected', ConnectedData>;
  /** The result of a command, with its `ref`: the message as it is stored, or what is in force now. */
  ack: AnswerFrame<'ack', PublishedMessage | AckCommand | PresenceCommand | TokenExpiringData>;
  /** The connection's token is about to end: send a `token_refresh`. Comes `TOKEN_EXPIRING_SECONDS` before. */
  token_expiring: ControlFrame<'token_expiring', TokenExpiringData>;
  /** The server is about to close the connection as planned: come back after so long. */
  reconnect: ControlFrame<'reconnect', ReconnectData>;
  /** Answers a `ping` command, with its `ref`. */
  pong: AnswerFrame<'pong', NoData>;
}

/** What every connection is sent. */
export interface NotificationFrames {
  /** A message of a room. */
  message: SequencedFrame<'message', MessageData>;
  /** Something happened to a room: a member came or went, its properties changed, it was deleted. */
  room_update: SequencedFrame<'room_update', RoomUpdateData>;
  /** A client that shares a room with this one came, went away, or left. Comes once for each client, however many rooms they share. */
  client_status: StateFrame<'client_status', ClientStatusData>;
  /** A notification of a type that a backend made up, to a room or to this client alone. */
  custom: SequencedFrame<string, Record<string, unknown>>;
  /** A command failed, the connection is refused or about to be closed, or notifications were dropped. */
  error: AnswerFrame<'error', QueueOverflowData | ErrorData>;
}

/** What clients send. */
export interface CommandFrames {
  /** Sends a message to a room. A repeated `id` of the same sender is answered with the first result and delivered once. */
  message: CommandFrame<'message', MessageCommand>;
  /** Acknowledges a room's notifications up to and including `seq`. */
  ack: CommandFrame<'ack', AckCommand>;
  /** Sets the client's own status. */
  presence: CommandFrame<'presence', PresenceCommand>;
  /** Replaces the connection's token by another one of the same client and tenant. */
  token_refresh: CommandFrame<'token_refresh', TokenRefreshCommand>;
  /** Asks for a `pong`: for browsers, which cannot send pings of the protocol. */
  ping: { type: 'ping'; ref?: string };
}

/** The type of a frame that only connections of `chatapi.v1` are sent. */
export type ControlType = keyof ControlFrames;
