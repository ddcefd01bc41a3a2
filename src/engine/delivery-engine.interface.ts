// The specification of an engine: where logs, members, cursors and presence are kept, and how new entries come back.
//
// Everything lives inside a tenant. All times are milliseconds since the epoch. Every promise that resolves for a write
// resolves after the write is durable (DURABILITY for the embedded engine). A write that rejects with `STORE_FULL`
// has changed nothing; one that rejects with `STORE_UNAVAILABLE` may or may not have happened, and is safe to repeat
// with the same idempotency id.
import type { AppendedEntry, CursorUpdate, LogAddress, LogEntry, OpenedQueue, QueueOwner, QueuePosition, QueueRead } from '../log/index.js';
import type { PresenceStatus } from '../protocol/index.js';
import type { ConnectionPlaces } from './connection-places.interface.js';
import type { NodeBus } from './node-bus.interface.js';
import type { Outbox } from './outbox.interface.js';
import type { PresenceJournal } from './presence-journal.interface.js';
import type { RateLimitStore } from './rate-limit-store.interface.js';

export type { CursorUpdate, DroppedRange, OpenedLog, OpenedQueue, QueueOwner, QueuePage, QueuePosition, QueueRead } from '../log/index.js';

/** The injection token of the engine in use. */
export const DeliveryEngine = Symbol('DeliveryEngine');

/** A room as it is stored. */
export interface RoomRecord {
  id: string;
  name: string | null;
  metadata: Record<string, unknown> | null;
  createdAt: number;
  memberCount: number;
  /** `seq` of its newest entry; 0 when there is none. */
  head: number;
}

/** A member as it is stored. */
export interface MemberRecord {
  clientId: string;
  /** The room's head when it joined: it receives what comes after. Its own `client_joined` is the first of that. */
  joinedSeq: number;
  joinedAt: number;
}

/** One page of a listing, in ascending order of id. `next`, when present, is the `after` of the following page. */
export interface Page<T> {
  items: T[];
  next?: string;
}

export interface PageRequest {
  /** Exclusive; absent for the first page. */
  after?: string;
  limit: number;
}

/** A notification to append. */
export interface AppendRequest extends LogAddress {
  type: string;
  /** JSON text. */
  data: string;
  at: number;
  /** When set, refused with `ROOM_NOT_FOUND` unless this client is a member at that point of the order. */
  author?: string;
  /**
   * Makes a repetition harmless: a second append to the log with the same `sender` and `id` within
   * IDEMPOTENCY_TTL_SECONDS appends nothing and answers with the first one's result.
   */
  idempotency?: { sender: string; id: string };
  /** Comes back with the entry in the live feed, and from the log where the store keeps it. */
  traceparent?: string;
}

/** What became of one append. */
export interface AppendResult {
  seq: number;
  incarnation: number;
  at: number;
  /** True when an earlier append with the same idempotency id is answered. */
  duplicate: boolean;
  /** The earlier append's data, when `duplicate` and the log still keeps it. */
  firstData?: string;
}

/** One change of a room's members. */
export interface MemberChange {
  kind: 'add' | 'remove';
  clientId: string;
}

export interface MemberChangeRequest {
  tenant: string;
  roomId: string;
  /** Carried out in order, in one transaction. A change that changes nothing (already in, already out) takes no entry. */
  changes: readonly MemberChange[];
  /** Takes its numbers in the order, and notifies nobody. */
  silent: boolean;
  at: number;
}

/** The changes that changed something, in their order; a client stands twice where it joined twice. */
export interface MembersChanged {
  added: string[];
  removed: string[];
}

/** The whole queue of a client, for people to look at. */
export interface QueueSummary {
  /** Waiting: at most QUEUE_MAX_PER_CLIENT. */
  size: number;
  /** Fallen out since the client last acknowledged. */
  dropped: number;
  logs: { log: string; pending: number }[];
}

/** How far one entry got with one client, as far as cursors tell. */
export interface ReceiptRecord {
  clientId: string;
  state: 'pending' | 'delivered' | 'acknowledged' | 'dropped' | 'not_a_member';
  /** When the newest cursor that says so was raised; absent without one. */
  at?: number;
}

/** A client's presence. */
export interface PresenceRecord {
  clientId: string;
  status: PresenceStatus;
  lastSeen: number;
  /** The position of this change among all of the tenant's. */
  position: number;
}

/** A status that was stored, and the rooms whose members are to be told of it. */
export interface StoredPresence extends PresenceRecord {
  rooms: string[];
}

/** What became of a status that was to be stored. */
export interface SavedPresence extends StoredPresence {
  /** What it was before; the same as `status` when nothing has changed. A client that was never seen was offline. */
  previous: PresenceStatus;
  /** How many of the client's rooms are left out of `rooms` because they have too many members. */
  roomsTooLarge: number;
}

/** A client that may not come in until a certain time. */
export interface BanRecord {
  tenant: string;
  clientId: string;
  /** Empty when none was given. */
  reason: string;
  bannedAt: number;
  until: number;
  /** The administrator; absent for an automatic ban. */
  by?: string;
}

/** Tokens that do not count any more. Exactly one of `tokenId` and `clientId` is there. */
export interface RevocationRecord {
  tenant: string;
  /** The one token with this `jti`. */
  tokenId?: string;
  /** Every token of this client that was issued up to `issuedBefore`. */
  clientId?: string;
  issuedBefore?: number;
  revokedAt: number;
}

/** Called with new entries: in `seq` order within a log, each once. Must not throw. */
export type FeedListener = (entries: readonly AppendedEntry[]) => void;

/** What is told of presence. Nothing here may throw. */
export interface PresenceListener {
  /** Statuses that have changed, by whichever process, of a tenant of which somebody has a queue open here; in the order of their positions. */
  changed(tenant: string, records: readonly StoredPresence[]): void;
  /** Clients are present by a process that has ended: `listPresent` takes them over. */
  orphaned(): void;
  /**
   * The store may lack what this process has said of its clients last: it is to be said again, and `listPresent` tells of whom the store has kept that they are here,
   * though they have left.
   */
  forgotten(): void;
}

/** A change of who may not come in. */
export type AccessChange =
  | { readonly kind: 'banned'; readonly ban: BanRecord }
  | { readonly kind: 'lifted'; readonly tenant: string; readonly clientId: string }
  | { readonly kind: 'revoked'; readonly revocation: RevocationRecord }
  /** Everything there is, in place of all that was known. */
  | { readonly kind: 'reloaded'; readonly bans: readonly BanRecord[]; readonly revocations: readonly RevocationRecord[] };

/** Called with changes, in their order; those of this process may come too. Must not throw. */
export type AccessListener = (change: AccessChange) => void;

/** Logs: append, read back, follow. */
export interface LogStore {
  /**
   * Appends each request in order. Outcomes are in the same order; one request's refusal does not touch the others.
   * A client's own log exists as soon as something is appended; a room must exist, or the outcome is `ROOM_NOT_FOUND`.
   */
  append(requests: readonly AppendRequest[]): Promise<(AppendResult | Error)[]>;
  /** Entries after `after` that the log still keeps, oldest first. Empty for a log that does not exist. */
  readLog(address: LogAddress, after: number, limit: number): Promise<LogEntry[]>;
  /**
   * Sets the one listener of the live feed. It also learns of new rooms with members, by an item that takes no number
   * (`created`; its `seq` is the head at that time). An entry is given to it before the promise of the write that made it
   * resolves, and before any `openQueue` or `readQueue` whose answer contains it resolves.
   */
  listen(listener: FeedListener): void;
}

/** Rooms and their members. Absent and deleted rooms are alike: `ROOM_NOT_FOUND`. */
export interface RoomStore {
  /** Rejects with `ROOM_EXISTS`. `members` are there from the beginning, without a `client_joined`. `seq` never repeats, even after a deletion. */
  createRoom(request: {
    tenant: string;
    roomId: string;
    name: string | null;
    metadata: Record<string, unknown> | null;
    members: readonly string[];
    at: number;
  }): Promise<RoomRecord>;
  getRoom(tenant: string, roomId: string): Promise<RoomRecord | undefined>;
  /** All rooms, or those of one member. */
  listRooms(tenant: string, page: PageRequest, memberId?: string): Promise<Page<RoomRecord>>;
  /** Changes what is given and appends `room_updated` with the properties that changed; nothing changed, nothing appended. */
  updateRoom(request: {
    tenant: string;
    roomId: string;
    name?: string | null;
    metadata?: Record<string, unknown> | null;
    at: number;
  }): Promise<RoomRecord>;
  /**
   * Appends `room_deleted`. What is queued up to it is still delivered to those who were members, until a room of the
   * same name is made: that one begins with nothing.
   */
  deleteRoom(request: { tenant: string; roomId: string; at: number }): Promise<void>;
  /** Appends `client_joined` and `client_left`. A removed member's queued notifications are gone with it. */
  changeMembers(request: MemberChangeRequest): Promise<MembersChanged>;
  getMember(tenant: string, roomId: string, clientId: string): Promise<MemberRecord | undefined>;
  listMembers(tenant: string, roomId: string, page: PageRequest): Promise<Page<MemberRecord>>;
  /** Whether two clients are members of one room. A client shares a room with itself. */
  shareRoom(tenant: string, clientId: string, otherId: string): Promise<boolean>;
}

/** Queues: cursors over logs. */
export interface QueueStore {
  /**
   * Everything a new connection needs to begin. Every later entry of these logs, and every later membership change of
   * this client, comes through the live feed, whichever process writes it.
   */
  openQueue(owner: QueueOwner): Promise<OpenedQueue>;
  /** A queue that was opened is not delivered any more. To be called once for each that was answered. */
  closeQueue(owner: QueueOwner): void;
  /** The next pages after these positions, up to `limit` entries and about `maxBytes` of data in all, with what fell out of the queue they form. */
  readQueue(owner: QueueOwner, positions: readonly QueuePosition[], limit: number, maxBytes: number): Promise<QueueRead>;
  /**
   * Raises cursors, in order. Those of a client that is no member any more, or of a log that does not exist, change nothing.
   *
   * @returns for each update the best position that its client had in that log before it, over all the client's devices, and at
   *   least `joinedSeq` (0 in a client's own log): what lies behind it, up to the update's `seq` or the log's head, was acknowledged for
   *   the first time. Undefined for an update that changes nothing because the client does not receive from that log.
   */
  saveCursors(updates: readonly CursorUpdate[]): Promise<(number | undefined)[]>;
  inspectQueue(owner: QueueOwner): Promise<QueueSummary>;
  /** How far the entry `seq` got with each member, or with those asked for; best over a client's devices. Rejects with `MESSAGE_NOT_FOUND` for a number the log never gave. */
  receipts(tenant: string, roomId: string, seq: number, page: PageRequest): Promise<Page<ReceiptRecord>>;
}

/** Presence: the newest status of each client, kept over restarts. */
export interface PresenceStore {
  /** Sets the one listener. */
  listenPresence(listener: PresenceListener): void;
  /**
   * Stores how clients are, as far as this process knows, in order: the client is what the best of all processes says. The answer holds what it is now, the
   * position that it got, and the client's rooms of at most `maxRoomSize` members.
   */
  savePresence(
    tenant: string,
    records: readonly { clientId: string; status: PresenceStatus; lastSeen: number }[],
    maxRoomSize: number,
  ): Promise<SavedPresence[]>;
  /** The stored statuses of these clients; those never seen are missing. */
  getPresence(tenant: string, clientIds: readonly string[]): Promise<PresenceRecord[]>;
  /** The changes after a position among those who share a room of at most `maxRoomSize` members with the client (itself left out), oldest first. */
  presenceChanges(tenant: string, clientId: string, after: number, maxRoomSize: number): Promise<PresenceRecord[]>;
  /** Remembers how far an owner has been told. Only ever raised. */
  savePresencePosition(owner: QueueOwner, position: number): Promise<void>;
  /**
   * Every client that is not `offline` by this process, and from now on also those by processes that have ended: after a crash, those who were connected. A client of an ended
   * process is taken over by one.
   */
  listPresent(): Promise<{ tenant: string; record: PresenceRecord }[]>;
}

/** Who may not come in: bans and revocations, kept over restarts. */
export interface AccessStore {
  /** Adds a listener of what other processes change. */
  listenAccess(listener: AccessListener): void;
  /** Stores a ban, in place of an earlier one of the client. */
  saveBan(ban: BanRecord): Promise<void>;
  /** Whether there was one. */
  deleteBan(tenant: string, clientId: string): Promise<boolean>;
  /** All bans of all tenants that end after `now`; those that have ended are forgotten. */
  listBans(now: number): Promise<BanRecord[]>;
  /** Stores a revocation. One by client raises what is stored of the client, and never lowers it. */
  saveRevocation(revocation: RevocationRecord): Promise<void>;
  /** All revocations of all tenants made after `since`; older ones are forgotten. */
  listRevocations(since: number): Promise<RevocationRecord[]>;
}

/**
 * An engine: the one place where anything is kept.
 *
 * @publicApi
 */
export interface DeliveryEngine extends LogStore, RoomStore, QueueStore, PresenceStore, AccessStore {
  /** The other processes over the same store. */
  readonly nodes: NodeBus;
  /** Rate limits that all of them share; undefined where there is nobody to share with. */
  readonly rateLimits: RateLimitStore | undefined;
  /** Limits of a client's connections that all of them share; undefined where there is nobody to share with, or no limit. */
  readonly connectionPlaces: ConnectionPlaces | undefined;
  /** What is to be sent to others, such as webhooks; undefined or absent where nothing of the kind is kept. */
  readonly outbox?: Outbox | undefined;
  /** Which changes of presence are to be told to others; undefined or absent where that is not kept. */
  readonly presenceJournal?: PresenceJournal | undefined;
  /** Opens the store. Rejects with a message that names the cure (another process has it, a version that is too new). */
  start(): Promise<void>;
  /** Finishes what was accepted, then closes. */
  stop(): Promise<void>;
}
