// What the server's routes answer with (docs/http-api.md).

export interface ConnectionAnswer {
  id: string;
  client_id: string;
  device: string;
  address: string;
  control_frames: boolean;
  transport: 'websocket' | 'sse';
  acknowledgement: 'transport' | 'client' | 'resumption';
  connected_at: string;
  token_expires_at: string;
  buffered_bytes: number;
}

export interface RoomAnswer {
  id: string;
  name: string | null;
  metadata: Record<string, unknown> | null;
  created_at: string;
  member_count: number;
  last_seq: number;
}

export interface MemberAnswer {
  client_id: string;
  joined_at: string;
}

export interface PresenceAnswer {
  client_id: string;
  status: 'online' | 'away' | 'offline';
  last_seen: string | null;
}

export interface BanAnswer {
  client_id: string;
  reason: string;
  banned_at: string;
  banned_until: string;
  banned_by: string | null;
}

export interface QueueAnswer {
  size: number;
  dropped: number;
  rooms: { room_id: string; pending: number }[];
}

export interface ReceiptAnswer {
  client_id: string;
  state: 'pending' | 'sent' | 'delivered' | 'acknowledged' | 'dropped' | 'not_a_member';
  at?: string;
}

/** An entry of a room's log, as it was delivered. */
export interface EntryAnswer {
  type: string;
  id: string;
  seq: number;
  data: Record<string, unknown>;
}

export interface HistoryAnswer {
  items: EntryAnswer[];
  next_after?: number;
}

export interface HealthAnswer {
  status: 'healthy' | 'unhealthy';
  active_connections: number;
  uptime_seconds: number;
}
