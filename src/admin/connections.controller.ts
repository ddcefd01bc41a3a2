// /api/v1/connections, and /api/v1/clients/:client_id/connections: who is connected, and closing connections.
import { Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, type PageAnswer, PathIdPipe, toPageAnswer, toPageRequest } from '../http/index.js';
import { type ConnectionAnswer, ConnectionsService } from './connections.service.js';
import { ConnectionsQuery } from './dto/index.js';

@ApiController()
@RequireScope(Scope.Admin)
export class ConnectionsController {
  constructor(@Inject(ConnectionsService) private readonly connections: ConnectionsService) {}

  @Get('connections')
  async list(@CurrentPrincipal() { tenant }: Principal, @Query() query: ConnectionsQuery): Promise<PageAnswer<ConnectionAnswer>> {
    return toPageAnswer(await this.connections.list(tenant, toPageRequest(query), query.client_id), (connection) => connection);
  }

  @Delete('connections/:id')
  @HttpCode(204)
  close(@CurrentPrincipal() principal: Principal, @Param('id', new PathIdPipe('CONNECTION_NOT_FOUND')) id: string): Promise<void> {
    return this.connections.close(principal, id);
  }

  /** Idempotent. */
  @Delete('clients/:client_id/connections')
  @HttpCode(204)
  closeAll(@CurrentPrincipal() principal: Principal, @Param('client_id', new PathIdPipe('CLIENT_NOT_FOUND')) clientId: string): Promise<void> {
    return this.connections.closeAll(principal, clientId);
  }
}
