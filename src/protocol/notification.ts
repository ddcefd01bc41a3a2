// The notifications a client receives: their types and the shapes of their `data`.

/** The types that the protocol itself defines; backends publish further ones of their own. */
export const NotificationType = {
  Message: 'message',
  RoomUpdate: 'room_update',
  ClientStatus: 'client_status',
  Error: 'error',
} as const;

/** What a type counts as: one of the protocol's own, or a backend's. */
export type NotificationKind = 'message' | 'room_update' | 'client_status' | 'custom';

/** What a type counts as; backends may make up as many types as they like. */
export function notificationKind(type: string): NotificationKind {
  return type === NotificationType.Message || type === NotificationType.RoomUpdate || type === NotificationType.ClientStatus ? type : 'custom';
}

/** `data` of a `message`. */
export interface MessageData {
  id: string;
  room_id: string;
  /** The sender. */
  client_id: string;
  content: string;
  /** RFC 3339, UTC, milliseconds. */
  timestamp: string;
  metadata?: Record<string, unknown>;
}

/** A message that is in the store. For a repetition: the first one. */
export interface PublishedMessage extends MessageData {
  /** Its place in the room's order. */
  seq: number;
}

/** What may have happened in a `room_update`. */
export type RoomEvent = 'client_joined' | 'client_left' | 'room_updated' | 'room_deleted';

/** `data` of a `room_update`. */
export interface RoomUpdateData {
  room_id: string;
  event: RoomEvent;
  /** Who joined or left. */
  client_id?: string;
  /** The properties that changed (`room_updated`). */
  changes?: { name?: string | null; metadata?: Record<string, unknown> | null };
  timestamp: string;
}

/** A client's presence: connected and active, connected and away, or not connected. */
export type PresenceStatus = 'online' | 'away' | 'offline';

/** `data` of a `client_status`. */
export interface ClientStatusData {
  client_id: string;
  status: PresenceStatus;
  /** When the client was last connected (RFC 3339); for one that is connected, when this status began. */
  last_seen: string;
}
