// The bodies of webhooks. The build makes the `webhooks` of GET /docs/openapi.json of these types.
import type { WebhookType } from '../config/index.js';
import type { PresenceStatus } from '../protocol/index.js';

/** The body of each type of webhook. There will be more types and more fields. */
export interface WebhookBodies {
  /** A client that was offline is online, or away, at whichever server. */
  'client.online': WebhookBody<'client.online', ClientOnlineData>;
  /** The last connection of a client has been gone for `PRESENCE_GRACE_SECONDS`, or its server died and nobody saw it again. */
  'client.offline': WebhookBody<'client.offline', ClientOfflineData>;
  /** Notifications fell out of the queue of a client, which is told so (`QUEUE_OVERFLOW`). */
  'notification.dropped': WebhookBody<'notification.dropped', NotificationDroppedData>;
  /** A client was banned, automatically or by an administrator. */
  'client.banned': WebhookBody<'client.banned', ClientBannedData>;
}

/** What all have. */
export interface WebhookBody<Type extends WebhookType, Data> {
  /** The same whenever the event is sent again, and in `webhook-id`. */
  id: string;
  type: Type;
  /** When it happened. RFC 3339, UTC, milliseconds. */
  timestamp: string;
  data: Data;
}

/** Of `client.online`. */
export interface ClientOnlineData {
  tenant: string;
  client_id: string;
  status: Exclude<PresenceStatus, 'offline'>;
  /** When it was last connected. */
  last_seen: string;
}

/** Of `client.offline`. */
export interface ClientOfflineData {
  tenant: string;
  client_id: string;
  status: 'offline';
  /** When it was last connected. */
  last_seen: string;
}

/** Of `notification.dropped`. */
export interface NotificationDroppedData {
  tenant: string;
  client_id: string;
  /** Empty for the position that a client's devices share. */
  device: string;
  /** How many notifications, of all rooms. */
  dropped: number;
  rooms: DroppedRange[];
  /** Rooms beyond those in `rooms`. */
  more_rooms: number;
}

/** From the first number that was lost in a room to the last. */
export interface DroppedRange {
  room_id: string;
  from_seq: number;
  to_seq: number;
  /** How many of them were lost. */
  dropped: number;
}

/** Of `client.banned`. */
export interface ClientBannedData {
  tenant: string;
  client_id: string;
  banned_until: string;
  reason: string;
  /** Nobody did it: the client had gone too far beyond its limit. */
  automatic: boolean;
  /** The administrator. */
  by?: string;
}
