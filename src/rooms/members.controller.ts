// /api/v1/rooms/:room_id/members and /presence: who is in a room, and who of them is there.
import { Body, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, ListingQuery, type PageAnswer } from '../http/index.js';
import { MemberChanges, SilentQuery } from './dto/index.js';
import { type MemberChangesAnswer, MembersService } from './members.service.js';
import { memberIdPipe, roomIdPipe } from './path-pipes.js';
import { PresenceLookup } from './presence-lookup.service.js';
import { type MemberAnswer, type PresenceAnswer } from './room-answer.js';

/** Who is in a room, and who of them is there. */
@ApiController('rooms/:room_id')
export class MembersController {
  constructor(
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PresenceLookup) private readonly presence: PresenceLookup,
  ) {}

  /**
   * Lists the members of a room.
   *
   * For members and administrators. In ascending order of id.
   */
  @Get('members')
  list(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Query() query: ListingQuery,
  ): Promise<PageAnswer<MemberAnswer>> {
    return this.members.list(principal, roomId, query);
  }

  /**
   * Lists the presence of a room's members.
   *
   * For members and administrators. In ascending order of id.
   */
  @Get('presence')
  listPresence(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Query() query: ListingQuery,
  ): Promise<PageAnswer<PresenceAnswer>> {
    return this.presence.ofRoom(principal, roomId, query);
  }

  /**
   * Adds a member.
   *
   * Idempotent. A member receives what comes behind its place in the room's order, and nothing from before.
   */
  @Put('members/:client_id')
  @HttpCode(204)
  @RequireScope(Scope.Admin)
  add(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Param('client_id', memberIdPipe) clientId: string,
    @Query() { silent }: SilentQuery,
  ): Promise<void> {
    return this.members.add(principal, roomId, clientId, silent);
  }

  /**
   * Removes a member.
   *
   * Idempotent. Administrators remove anybody; a client removes itself, and not silently. A member that was removed receives nothing more, queued or live.
   *
   * @throws ChatError `FORBIDDEN`
   */
  @Delete('members/:client_id')
  @HttpCode(204)
  remove(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Param('client_id', memberIdPipe) clientId: string,
    @Query() { silent }: SilentQuery,
  ): Promise<void> {
    return this.members.remove(principal, roomId, clientId, silent);
  }

  /**
   * Adds and removes many members in one transaction.
   *
   * At most 1,000 changes; nobody may stand in both lists.
   */
  @Post('members')
  @HttpCode(200)
  @RequireScope(Scope.Admin)
  changeMany(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Body() changes: MemberChanges,
  ): Promise<MemberChangesAnswer> {
    return this.members.changeMany(principal, roomId, changes);
  }
}
