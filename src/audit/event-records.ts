// From each event of the server to what the audit trail says of it.
import type { ChatEventMap, ClientReference, ConnectionReference, Delivered, Dropped, MembershipChanged } from '../events/index.js';
import type { AuditAction, AuditRecord } from './audit-record.js';

/** A record without its time. */
export type TimelessRecord = Omit<AuditRecord, 'time'>;

/** Makes the records of one kind of event. */
type RecordMaker<K extends keyof ChatEventMap> = (...args: ChatEventMap[K]) => readonly TimelessRecord[];

/**
 * The events that are turned into records as they are; deliveries are looked up first, see `DeliveryRecords`. What counts here because another
 * process did it is in that one's trail.
 */
export type RecordedEvent = Exclude<keyof ChatEventMap, 'banInForce' | 'delivered' | 'invalidFrame' | 'requestFailed' | 'revocationInForce' | 'statusChanged'>;

/** Every event that is recorded. */
export const EVENT_RECORDS: { readonly [K in RecordedEvent]: RecordMaker<K> } = {
  connected: (connection) => [{ action: 'connected', ...ofConnection(connection) }],
  refused: ({ reason, address, client }) => [{ action: 'refused', ...(client && ofClient(client)), address, reason }],
  disconnected: (connection) => [
    { action: 'disconnected', ...ofConnection(connection), code: connection.code, duration_ms: Math.round(connection.durationMs) },
  ],
  joined: (change) => ofMembers('joined', change),
  left: (change) => ofMembers('left', change),
  published: (published) =>
    published.map(({ tenant, publisher, log, type, seq, id }) => ({ action: 'published', tenant, client_id: publisher, room_id: log, type, seq, id })),
  dropped: (dropped) => dropped.map((range) => ({ action: 'overflow', ...ofRange(range), count: range.count })),
  rateLimited: ({ kind, via, outcome, count, ...client }) => [{ action: 'rate_limited', ...ofClient(client), kind, via, outcome, count }],
  banned: ({ until, reason, by, ...client }) => [
    { action: 'banned', ...ofClient(client), ...timestamp('until', until), reason: withoutTokens(reason), ...(by !== undefined && { by }) },
  ],
  banLifted: ({ by, ...client }) => [{ action: 'ban_lifted', ...ofClient(client), by }],
  tokenRefreshed: (connection) => [{ action: 'token_refreshed', ...ofConnection(connection), ...timestamp('expires_at', connection.expiresAt) }],
  tokenRevoked: ({ tenant, by, tokenId, clientId, issuedBefore }) => [
    {
      action: 'token_revoked',
      tenant,
      ...(clientId !== undefined && { client_id: clientId }),
      ...(tokenId !== undefined && { token_id: withoutTokens(tokenId) }),
      ...timestamp('issued_before', issuedBefore),
      by,
    },
  ],
  adminAction: ({ tenant, by, action, roomId, clientId, connectionId }) => [
    {
      action: action as AuditAction,
      tenant,
      ...(clientId !== undefined && { client_id: clientId }),
      ...(connectionId !== undefined && { connection_id: connectionId }),
      ...(roomId !== undefined && { room_id: roomId }),
      by,
    },
  ],
};

/** A range of a log, as a client on a device got it or lost it. */
export function ofRange(range: Delivered | Dropped): Omit<TimelessRecord, 'action'> {
  return { ...ofLog(range), from_seq: range.fromSeq, to_seq: range.toSeq };
}

/** A log and a client's device that it went to. */
export function ofLog({ log, device, ...client }: Delivered | Dropped): Omit<TimelessRecord, 'action'> {
  return { ...ofClient(client), ...(device !== '' && { device }), room_id: log };
}

function ofClient({ tenant, clientId }: ClientReference): { tenant: string; client_id: string } {
  return { tenant, client_id: clientId };
}

function ofConnection({ connectionId, device, address, transport, ...client }: ConnectionReference): Omit<TimelessRecord, 'action'> {
  return { ...ofClient(client), connection_id: connectionId, ...(device !== '' && { device }), address, ...(transport !== 'websocket' && { via: transport }) };
}

function ofMembers(action: 'joined' | 'left', { tenant, roomId, by, clientIds }: MembershipChanged): TimelessRecord[] {
  return clientIds.map((clientId) => ({ action, tenant, client_id: clientId, room_id: roomId, by }));
}

/** A time as RFC 3339; absent when there is none, or none that a date can hold. */
function timestamp<N extends string>(name: N, at: number | undefined): { [key in N]?: string } {
  const date = new Date(at ?? NaN);
  return (Number.isNaN(date.getTime()) ? {} : { [name]: date.toISOString() }) as { [key in N]?: string };
}

/** RFC 7519: two or more parts of base64url, the first of them a JSON object. */
const TOKEN = /eyJ[\w-]+\.[\w-]+(\.[\w-]*)*/g;

/** What people write about a token may hold the token. */
function withoutTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}
