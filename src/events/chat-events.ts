// What happens in the server, for whoever watches it: audit, metrics, enforcement. The core emits and knows no listener.
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Audience } from '../log/index.js';
import type { ErrorCode, PresenceStatus } from '../protocol/index.js';

/** A client inside its tenant. */
export interface ClientReference {
  readonly tenant: string;
  readonly clientId: string;
}

/** What carries a connection: `GET /ws` or `GET /sse`. */
export type Transport = 'websocket' | 'sse';

/** A connection, as it was when the event came about. */
export interface ConnectionReference extends ClientReference {
  readonly connectionId: string;
  /** Empty for the shared position. */
  readonly device: string;
  /** The client's address, behind trusted proxies. */
  readonly address: string;
  readonly transport: Transport;
}

/** Why somebody was not let in. */
export type RefusalReason =
  | 'authentication'
  | 'authentication_repeated'
  | 'banned'
  | 'draining'
  | 'invalid_request'
  | 'origin'
  | 'too_many_connections'
  | 'too_many_connections_of_address'
  | 'too_many_connections_of_client';

/** An upgrade, or a request for an event stream, that came to no connection. */
export interface Refused {
  readonly reason: RefusalReason;
  readonly address: string;
  /** Known once the token was verified. */
  readonly client?: ClientReference;
}

/** A connection that has ended. */
export interface Disconnected extends ConnectionReference {
  /** The close code; 1006 when it broke. */
  readonly code: number;
  readonly durationMs: number;
}

/** A notification that is in its log. */
export interface Published {
  readonly tenant: string;
  /** A room, or `@` and a client. */
  readonly log: string;
  /** Who published it: the token's client, not the author it named. */
  readonly publisher: string;
  readonly type: string;
  readonly seq: number;
  /** See `notificationId`. */
  readonly id: string;
}

/** A client acknowledged a part of a log for the first time, on whichever of its devices. */
export interface Delivered extends ClientReference {
  readonly device: string;
  readonly log: string;
  /** The first and the last `seq` of the part. */
  readonly fromSeq: number;
  readonly toSeq: number;
  /** What the connection receives: the rest of the part was not for it. Absent for everything. */
  readonly audience?: Audience;
}

/** Notifications that fell out of the queue of a connected client. */
export interface Dropped extends ClientReference {
  readonly device: string;
  readonly log: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly count: number;
}

/** What a limit is on. */
export type LimitedKind = 'message' | 'publish' | 'control';

/** Frames or requests beyond a limit. */
export interface RateLimited extends ClientReference {
  readonly kind: LimitedKind;
  readonly via: 'websocket' | 'http';
  /** `held`: sent later (RATE_LIMIT_OVERFLOW=queue). */
  readonly outcome: 'dropped' | 'held';
  readonly count: number;
}

/** A ban that begins. */
export interface Banned extends ClientReference {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly reason: string;
  /** The administrator; absent for an automatic ban. */
  readonly by?: string;
}

/** A ban that was lifted before its end. */
export interface BanLifted extends ClientReference {
  readonly by: string;
}

/** A live connection has another token. */
export interface TokenRefreshed extends ConnectionReference {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Tokens that do not count any more: one by its `jti`, or a client's that were issued up to a time. */
export interface TokenRevoked {
  readonly tenant: string;
  readonly by: string;
  readonly tokenId?: string;
  readonly clientId?: string;
  /** Milliseconds since the epoch. */
  readonly issuedBefore?: number;
}

/** Clients that joined or left a room. Those that a room is made with join it; nobody leaves a room that is deleted. */
export interface MembershipChanged {
  readonly tenant: string;
  readonly roomId: string;
  readonly by: string;
  readonly clientIds: readonly string[];
}

/** A client's status is another one. */
export interface StatusChanged extends ClientReference {
  readonly status: PresenceStatus;
  readonly previous: PresenceStatus;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  /** The place of this change among all of the tenant's, the same for all processes. */
  readonly position: number;
}

/** Something an administrator did that has no event of its own. */
export interface AdminAction {
  readonly tenant: string;
  readonly by: string;
  /** Such as `room.create`. */
  readonly action: string;
  readonly roomId?: string;
  readonly clientId?: string;
  readonly connectionId?: string;
}

/** A request that was answered with an error. */
export interface RequestFailed {
  /** Of the answer. */
  readonly status: number;
  readonly code: ErrorCode;
}

/** Every event and what it carries. */
export interface ChatEventMap {
  connected: [ConnectionReference];
  refused: [Refused];
  disconnected: [Disconnected];
  published: [readonly Published[]];
  delivered: [readonly Delivered[]];
  dropped: [readonly Dropped[]];
  rateLimited: [RateLimited];
  /** A ban that this process has made. */
  banned: [Banned];
  /** A ban that counts from now on, whichever process has made it. */
  banInForce: [ClientReference];
  banLifted: [BanLifted];
  tokenRefreshed: [TokenRefreshed];
  /** A revocation that this process has made. */
  tokenRevoked: [TokenRevoked];
  /** A revocation that counts from now on, whichever process has made it. */
  revocationInForce: [{ readonly tenant: string }];
  /** Statuses that this process has stored, each once for all processes together. */
  statusChanged: [readonly StatusChanged[]];
  joined: [MembershipChanged];
  left: [MembershipChanged];
  adminAction: [AdminAction];
  /** A frame that is no frame or of no known type. */
  invalidFrame: [ConnectionReference];
  requestFailed: [RequestFailed];
}

/**
 * The events of this process. Listeners are called at once, in the path of what they are told of: they must be quick and
 * must not throw.
 *
 * @publicApi
 */
@Injectable()
export class ChatEvents extends EventEmitter<ChatEventMap> {
  /** Whether anybody wants an event that costs something to put together. */
  wanted(event: keyof ChatEventMap): boolean {
    return this.listenerCount(event) > 0;
  }
}
