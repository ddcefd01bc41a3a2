// Looking into a client's queue.
import { Inject, Injectable, Optional } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { SentPositions } from '../delivery/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { ChatError } from '../protocol/index.js';

/** A client's queue. */
export interface QueueAnswer {
  /** Notifications waiting. */
  size: number;
  /** Notifications that fell out since the client last acknowledged. */
  dropped: number;
  /** Waiting by room; the client's own notifications stand under `@<client_id>`. */
  rooms: { room_id: string; pending: number }[];
}

@Injectable()
export class QueueInspectionService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Optional() @Inject(SentPositions) private readonly sentPositions?: SentPositions,
  ) {}

  /** For the client itself and administrators. @throws ChatError `FORBIDDEN` */
  async inspect(principal: Principal, clientId: string, device: string): Promise<QueueAnswer> {
    if (clientId !== principal.clientId && !hasScope(principal, Scope.Admin)) throw new ChatError('FORBIDDEN');
    await this.sentPositions?.flushCursors();
    const { size, dropped, logs } = await this.engine.inspectQueue({ tenant: principal.tenant, clientId, device });
    return { size, dropped, rooms: logs.map(({ log, pending }) => ({ room_id: log, pending })) };
  }
}
