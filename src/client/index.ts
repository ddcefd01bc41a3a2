// The door of client/: a client for browsers and Node, without dependencies. Takes nothing but types from the rest of the project.
export { ChatClient } from './chat-client.js';
export { ChatClientError, type ClientErrorCode } from './client-error.js';
export type { ChatClientOptions, TokenProvider, TokenReason } from './client-options.js';
export type {
  AnyNotification,
  ChatClientEvents,
  ClientStatusNotification,
  ConnectionState,
  Disconnection,
  Gap,
  Listener,
  MessageNotification,
  NotificationOf,
  RoomUpdateNotification,
  ServerFrame,
} from './client-events.js';
export type { SendOptions, SentMessage } from './outbox.js';
export type { WebSocketConstructor, WebSocketLike } from './web-socket.interface.js';
