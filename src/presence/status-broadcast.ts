// Telling clients of their co-members' new statuses: of each once, however many rooms they share.
import type { DeliveryQueue } from '../delivery/index.js';
import type { StoredPresence } from '../engine/index.js';
import type { DeliveryStream, Status } from '../log/index.js';
import type { StatusFrames } from './status-frame.js';

/** Finds co-members that are connected here and writes statuses to them. */
export class StatusBroadcast {
  constructor(
    private readonly delivery: DeliveryQueue,
    private readonly frames: StatusFrames,
  ) {}

  /** Writes statuses, in order of their positions; to each connection all that are for it at once. */
  send(tenant: string, records: readonly StoredPresence[]): void {
    const news = new Map<DeliveryStream, Status[]>();
    for (const record of records) {
      let status: Status | undefined;
      for (const stream of this.coMembers(tenant, record)) {
        status ??= { frame: this.frames.of(tenant, record), position: record.position };
        const statuses = news.get(stream);
        if (statuses === undefined) news.set(stream, [status]);
        else statuses.push(status);
      }
    }
    for (const [stream, statuses] of news) this.delivery.writeStatuses(stream, statuses);
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
