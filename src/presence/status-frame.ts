// A stored presence as a `client_status` frame.
import type { PresenceRecord } from '../engine/index.js';
import { encodeTextFrame, ephemeralText, NotificationType, type ClientStatusData } from '../protocol/index.js';

/** Frames that are kept: some 400 bytes each. */
const MAX_KEPT = 1_024;

/** The newest frames: after an outage each member of a room is told of all others. */
export class StatusFrames {
  private readonly kept = new Map<string, Buffer>();

  /** The frame of a stored presence; its id is unique because the position is. */
  of(tenant: string, record: PresenceRecord): Buffer {
    const key = `${tenant}/${record.position}`;
    let frame = this.kept.get(key);
    if (frame === undefined) {
      if (this.kept.size >= MAX_KEPT) this.kept.clear();
      this.kept.set(key, (frame = encode(record)));
    }
    return frame;
  }
}

function encode({ clientId, status, lastSeen, position }: PresenceRecord): Buffer {
  const data: ClientStatusData = { client_id: clientId, status, last_seen: new Date(lastSeen).toISOString() };
  return encodeTextFrame(ephemeralText(NotificationType.ClientStatus, `status:${clientId}:${position}`, data));
}
