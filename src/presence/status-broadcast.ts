// Telling a client's co-members of its new status: each once, however many rooms they share.
import type { DeliveryQueue } from '../delivery/index.js';
import type { DeliveryEngine, PresenceRecord } from '../engine/index.js';
import type { DeliveryStream } from '../log/index.js';
import { statusFrame } from './status-frame.js';

const ROOMS_PER_PAGE = 200;

/** Finds co-members that are connected here and writes statuses to them. */
export class StatusBroadcast {
  constructor(
    private readonly engine: DeliveryEngine,
    private readonly delivery: DeliveryQueue,
    /** Larger rooms are not told (PRESENCE_MAX_ROOM_SIZE). */
    private readonly maxRoomSize: number,
  ) {}

  /** Writes statuses, in order of their positions. */
  async send(tenant: string, records: readonly PresenceRecord[]): Promise<void> {
    const told = await Promise.all(records.map((record) => this.coMembers(tenant, record.clientId)));
    records.forEach((record, i) => {
      const frame = statusFrame(record);
      for (const stream of told[i] ?? []) this.delivery.writeStatus(stream, frame, record.position);
    });
  }

  private async coMembers(tenant: string, clientId: string): Promise<Set<DeliveryStream>> {
    const streams = new Set<DeliveryStream>();
    let after: string | undefined;
    do {
      const page = await this.engine.listRooms(tenant, after === undefined ? { limit: ROOMS_PER_PAGE } : { limit: ROOMS_PER_PAGE, after }, clientId);
      for (const room of page.items) {
        if (room.memberCount > this.maxRoomSize) continue;
        for (const { stream } of this.delivery.feedOf(tenant, room.id)?.subscribers ?? []) {
          if (stream.owner.clientId !== clientId) streams.add(stream);
        }
      }
      after = page.next;
    } while (after !== undefined);
    return streams;
  }
}
