// /api/v1/bans: who is banned, banning and lifting.
import { Body, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import type { BanRecord } from '../engine/index.js';
import { ApiController, ListingQuery, type PageAnswer, PathIdPipe, toListingAnswer, toListingRequest } from '../http/index.js';
import { BanList } from '../limits/index.js';
import { ChatError } from '../protocol/index.js';
import { NewBan } from './dto/index.js';

/** A ban as it is answered. */
interface BanAnswer {
  client_id: string;
  reason: string;
  banned_at: string;
  banned_until: string;
  /** The administrator; null for an automatic ban. */
  banned_by: string | null;
}

/** `:client_id`: one that was never here can be banned all the same. */
const clientIdPipe = new PathIdPipe('VALIDATION_ERROR');

/** Who is banned; banning, and lifting bans. */
@ApiController('bans')
@RequireScope(Scope.Admin)
export class BansController {
  constructor(@Inject(BanList) private readonly bans: BanList) {}

  /**
   * Lists bans.
   *
   * In ascending order of client id.
   */
  @Get()
  list(@CurrentPrincipal() { tenant }: Principal, @Query() query: ListingQuery): PageAnswer<BanAnswer> {
    return toListingAnswer(this.bans.list(tenant, toListingRequest(query)), query, ({ clientId }) => clientId, toBanAnswer);
  }

  /**
   * Bans a client.
   *
   * In place of an earlier ban. Its connections are told and closed with 4403. It need not have been here before.
   */
  @Put(':client_id')
  async ban(
    @CurrentPrincipal() { tenant, clientId: by }: Principal,
    @Param('client_id', clientIdPipe) clientId: string,
    @Body() { seconds, reason = '' }: NewBan,
  ): Promise<BanAnswer> {
    if (clientId === by) throw new ChatError('VALIDATION_ERROR', 'Nobody bans themselves: the ban could not be lifted with this token');
    return toBanAnswer(await this.bans.ban({ tenant, clientId, seconds, reason, by }));
  }

  /**
   * Lifts a client's ban.
   *
   * Idempotent.
   */
  @Delete(':client_id')
  @HttpCode(204)
  async lift(@CurrentPrincipal() { tenant, clientId: by }: Principal, @Param('client_id', clientIdPipe) clientId: string): Promise<void> {
    await this.bans.lift(tenant, clientId, by);
  }
}

function toBanAnswer({ clientId, reason, bannedAt, until, by = null }: Omit<BanRecord, 'by'> & { by?: string | null }): BanAnswer {
  return {
    client_id: clientId,
    reason,
    banned_at: new Date(bannedAt).toISOString(),
    banned_until: new Date(until).toISOString(),
    banned_by: by,
  };
}
