// What can be published, and what the publisher is told. Null is as good as absent, as in the JSON it comes from.
export type { PublishedMessage } from '../protocol/index.js';

/** A message to a room. */
export interface MessagePublication {
  readonly kind: 'message';
  readonly tenant: string;
  readonly roomId: string;
  /** The author, also the owner of the message's id: ids of different authors never meet. */
  readonly clientId: string;
  /** Who publishes in the author's name; the author itself when absent. Not told to anybody. */
  readonly publisher?: string;
  readonly content: string;
  readonly metadata?: Record<string, unknown> | null | undefined;
  /** The message's id; made here when absent. A repeated one of the same author is published once. */
  readonly id?: string | null | undefined;
  /** Without an `id`: the id is derived from this key, so that a repetition with the same key gets the same one. */
  readonly idempotencyKey?: string | undefined;
  /** Whether the author must be a member of the room at that point of its order. */
  readonly requireMember: boolean;
  /** The trace that it is to be a part of, if traces are made; see `traceparentOf`. */
  readonly traceparent?: string | undefined;
}

/** A custom notification to a room, or to one client alone. */
export interface CustomPublication {
  readonly kind: 'custom';
  readonly tenant: string;
  readonly target: { readonly roomId: string } | { readonly clientId: string };
  readonly type: string;
  readonly data: Record<string, unknown>;
  /** Who publishes, the owner of `id`. Not told to anybody. */
  readonly sender: string;
  /** A repeated one of the same sender is published once. */
  readonly id?: string | null | undefined;
  /** Without an `id`: takes its place. */
  readonly idempotencyKey?: string | undefined;
  /** As a message's. */
  readonly traceparent?: string | undefined;
}

/** Something to publish. */
export type Publication = MessagePublication | CustomPublication;

/** A custom notification that is in the store. For a repetition: the first one. */
export interface PublishedNotification {
  /** The notification's own id, as its receivers see it. */
  id: string;
  room_id?: string;
  client_id?: string;
  /** When it was published (RFC 3339, UTC, milliseconds). */
  timestamp: string;
  /** Its place in the order of the room, or of the client's own notifications. */
  seq: number;
}
