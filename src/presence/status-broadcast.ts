// Telling a client's co-members of its new status: each once, however many rooms they share.
import type { DeliveryQueue } from '../delivery/index.js';
import type { StoredPresence } from '../engine/index.js';
import type { DeliveryStream } from '../log/index.js';
import { statusFrame } from './status-frame.js';

/** Finds co-members that are connected here and writes statuses to them. */
export class StatusBroadcast {
  constructor(private readonly delivery: DeliveryQueue) {}

  /** Writes statuses, in order of their positions. */
  send(tenant: string, records: readonly StoredPresence[]): void {
    for (const record of records) {
      const streams = this.coMembers(tenant, record);
      if (streams.size === 0) continue;
      const frame = statusFrame(record);
      for (const stream of streams) this.delivery.writeStatus(stream, frame, record.position);
    }
  }

  private coMembers(tenant: string, { clientId, rooms }: StoredPresence): Set<DeliveryStream> {
    const streams = new Set<DeliveryStream>();
    for (const room of rooms) {
      for (const { stream } of this.delivery.feedOf(tenant, room)?.subscribers ?? []) {
        if (stream.owner.clientId !== clientId) streams.add(stream);
      }
    }
    return streams;
  }
}
