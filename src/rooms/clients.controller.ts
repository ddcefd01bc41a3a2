// /api/v1/clients/:client_id: what can be asked about one client.
import { Get, Inject, Param, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '../auth/index.js';
import { ApiController } from '../http/index.js';
import { QueueQuery } from './dto/index.js';
import { clientIdPipe } from './path-pipes.js';
import { PresenceLookup } from './presence-lookup.service.js';
import { type QueueAnswer, QueueInspectionService } from './queue-inspection.service.js';
import { type PresenceAnswer } from './room-answer.js';

/** What can be asked about one client. */
@ApiController('clients/:client_id')
export class ClientsController {
  constructor(
    @Inject(PresenceLookup) private readonly presence: PresenceLookup,
    @Inject(QueueInspectionService) private readonly queues: QueueInspectionService,
  ) {}

  /**
   * Reads a client's presence.
   *
   * For clients that share a room with it, and administrators; to everybody else it does not exist.
   */
  @Get('presence')
  getPresence(@CurrentPrincipal() principal: Principal, @Param('client_id', clientIdPipe) clientId: string): Promise<PresenceAnswer> {
    return this.presence.ofClient(principal, clientId);
  }

  /**
   * Looks into a client's queue.
   *
   * For the client itself and administrators.
   *
   * @throws ChatError `FORBIDDEN`
   */
  @Get('queue')
  getQueue(
    @CurrentPrincipal() principal: Principal,
    @Param('client_id', clientIdPipe) clientId: string,
    @Query() { device }: QueueQuery,
  ): Promise<QueueAnswer> {
    return this.queues.inspect(principal, clientId, device);
  }
}
