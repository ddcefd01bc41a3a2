// /api/v1/connections, and /api/v1/clients/:client_id/connections: who is connected, and closing connections.
import { Delete, Get, HttpCode, Inject, Param, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, type PageAnswer, PathIdPipe, toPageAnswer, toPageRequest } from '../http/index.js';
import { type ConnectionAnswer, ConnectionsService } from './connections.service.js';
import { ConnectionsQuery } from './dto/index.js';

/** Who is connected, at all servers; closing connections. */
@ApiController()
@RequireScope(Scope.Admin)
export class ConnectionsController {
  constructor(@Inject(ConnectionsService) private readonly connections: ConnectionsService) {}

  /**
   * Lists connections.
   *
   * In ascending order of id; those of a server that does not answer in time are missing.
   */
  @Get('connections')
  async list(@CurrentPrincipal() { tenant }: Principal, @Query() query: ConnectionsQuery): Promise<PageAnswer<ConnectionAnswer>> {
    return toPageAnswer(await this.connections.list(tenant, toPageRequest(query), query.client_id), (connection) => connection);
  }

  /**
   * Closes a connection.
   *
   * With 4001: the client may come back.
   */
  @Delete('connections/:id')
  @HttpCode(204)
  close(@CurrentPrincipal() principal: Principal, @Param('id', new PathIdPipe('CONNECTION_NOT_FOUND')) id: string): Promise<void> {
    return this.connections.close(principal, id);
  }

  /**
   * Closes all connections of a client.
   *
   * With 4001: it may come back. Idempotent.
   */
  @Delete('clients/:client_id/connections')
  @HttpCode(204)
  closeAll(@CurrentPrincipal() principal: Principal, @Param('client_id', new PathIdPipe('CLIENT_NOT_FOUND')) clientId: string): Promise<void> {
    return this.connections.closeAll(principal, clientId);
  }
}
