// What the audit trail says of one thing that happened.

/** What happened: one of the server's own words, or what an administrator did (`room.create`). */
export type AuditAction =
  | 'connected'
  | 'refused'
  | 'disconnected'
  | 'joined'
  | 'left'
  | 'published'
  | 'delivered'
  | 'overflow'
  | 'rate_limited'
  | 'banned'
  | 'ban_lifted'
  | 'token_refreshed'
  | 'token_revoked'
  | 'records_lost'
  | `${string}.${string}`;

/**
 * One record. What does not belong to the action is absent; docs/audit.md says what each action has. There are never tokens in
 * it, nor what a notification says.
 *
 * @publicApi
 */
export interface AuditRecord {
  /** When it happened (RFC 3339, UTC, milliseconds). */
  readonly time: string;
  readonly action: AuditAction;
  /** Absent where none is known: who was refused before its token was verified, and what the trail says of itself. */
  readonly tenant?: string;
  /** Whom it concerns; of what was published: who did it. */
  readonly client_id?: string;
  readonly connection_id?: string;
  /** Absent for the position that connections without a device share. */
  readonly device?: string;
  /** Where the client connected from, behind trusted proxies. */
  readonly address?: string;
  /** `@` and a client's id for the client's own notifications. */
  readonly room_id?: string;
  /** Who did it, where that is somebody else. */
  readonly by?: string;
  readonly reason?: string;
  /** The close code of a connection; 1006 when it broke. */
  readonly code?: number;
  readonly duration_ms?: number;
  /** Of one notification. */
  readonly id?: string;
  readonly type?: string;
  readonly seq?: number;
  /** Of several notifications: the first and the last. */
  readonly from_seq?: number;
  readonly to_seq?: number;
  /** The connection received of these only what this audience does, such as certain types; absent for everything. */
  readonly audience?: string;
  /** How many: notifications that fell out, frames beyond a limit, refusals alike, records that were lost. */
  readonly count?: number;
  /** What the limit is on: `message`, `publish` or `control`. */
  readonly kind?: string;
  /** `websocket` or `http`; of a connection `sse`, absent for WebSockets. */
  readonly via?: string;
  /** `dropped`, or `held` to be sent later. */
  readonly outcome?: string;
  /** When a ban ends. */
  readonly until?: string;
  /** When a connection's new token ends. */
  readonly expires_at?: string;
  /** The `jti` of a revoked token; never the token. */
  readonly token_id?: string;
  /** Tokens of the client that were issued up to then are revoked. */
  readonly issued_before?: string;
}
