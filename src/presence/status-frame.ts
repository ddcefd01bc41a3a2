// A stored presence as a `client_status` frame.
import type { PresenceRecord } from '../engine/index.js';
import { encodeTextFrame, ephemeralText, NotificationType, type ClientStatusData } from '../protocol/index.js';

/** The frame; its id is unique because the position is. */
export function statusFrame({ clientId, status, lastSeen, position }: PresenceRecord): Buffer {
  const data: ClientStatusData = { client_id: clientId, status, last_seen: new Date(lastSeen).toISOString() };
  return encodeTextFrame(ephemeralText(NotificationType.ClientStatus, `status:${clientId}:${position}`, data));
}
