// /api/v1/clients/:client_id: what can be asked about one client.
import { Get, Inject, Param, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '../auth/index.js';
import { ApiController } from '../http/index.js';
import { QueueQuery } from './dto/index.js';
import { clientIdPipe } from './path-pipes.js';
import { PresenceLookup } from './presence-lookup.service.js';
import { type QueueAnswer, QueueInspectionService } from './queue-inspection.service.js';
import { type PresenceAnswer } from './room-answer.js';

@ApiController('clients/:client_id')
export class ClientsController {
  constructor(
    @Inject(PresenceLookup) private readonly presence: PresenceLookup,
    @Inject(QueueInspectionService) private readonly queues: QueueInspectionService,
  ) {}

  @Get('presence')
  getPresence(@CurrentPrincipal() principal: Principal, @Param('client_id', clientIdPipe) clientId: string): Promise<PresenceAnswer> {
    return this.presence.ofClient(principal, clientId);
  }

  @Get('queue')
  getQueue(
    @CurrentPrincipal() principal: Principal,
    @Param('client_id', clientIdPipe) clientId: string,
    @Query() { device }: QueueQuery,
  ): Promise<QueueAnswer> {
    return this.queues.inspect(principal, clientId, device);
  }
}
