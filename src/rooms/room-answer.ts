// Rooms, members and presence as they are answered.
import { type MemberRecord, type PresenceRecord, type RoomRecord } from '../engine/index.js';
import { type PresenceStatus } from '../protocol/index.js';

/** A room. */
export interface RoomAnswer {
  id: string;
  name: string | null;
  metadata: Record<string, unknown> | null;
  /** RFC 3339, UTC, milliseconds. */
  created_at: string;
  member_count: number;
  /** `seq` of the newest entry of its order; 0 when there is none. */
  last_seq: number;
}

/** A member of a room. */
export interface MemberAnswer {
  client_id: string;
  joined_at: string;
}

/** A client's presence. */
export interface PresenceAnswer {
  client_id: string;
  status: PresenceStatus;
  /** Null for a client that was never connected. */
  last_seen: string | null;
}

export function toRoomAnswer(room: RoomRecord): RoomAnswer {
  return {
    id: room.id,
    name: room.name,
    metadata: room.metadata,
    created_at: toTimestamp(room.createdAt),
    member_count: room.memberCount,
    last_seq: room.head,
  };
}

export function toMemberAnswer(member: MemberRecord): MemberAnswer {
  return { client_id: member.clientId, joined_at: toTimestamp(member.joinedAt) };
}

/** The answer for a client; `record` is undefined when it was never connected. */
export function toPresenceAnswer(clientId: string, record: PresenceRecord | undefined): PresenceAnswer {
  if (record === undefined) return { client_id: clientId, status: 'offline', last_seen: null };
  return { client_id: clientId, status: record.status, last_seen: toTimestamp(record.lastSeen) };
}

/** Milliseconds since the epoch as RFC 3339. */
export function toTimestamp(at: number): string {
  return new Date(at).toISOString();
}
