// /api/v1/rooms/:room_id/members and /presence: who is in a room, and who of them is there.
import { Body, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, ListingQuery, type PageAnswer } from '../http/index.js';
import { MemberChanges, SilentQuery } from './dto/index.js';
import { type MemberChangesAnswer, MembersService } from './members.service.js';
import { memberIdPipe, roomIdPipe } from './path-pipes.js';
import { PresenceLookup } from './presence-lookup.service.js';
import { type MemberAnswer, type PresenceAnswer } from './room-answer.js';

@ApiController('rooms/:room_id')
export class MembersController {
  constructor(
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(PresenceLookup) private readonly presence: PresenceLookup,
  ) {}

  @Get('members')
  list(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Query() query: ListingQuery,
  ): Promise<PageAnswer<MemberAnswer>> {
    return this.members.list(principal, roomId, query);
  }

  @Get('presence')
  listPresence(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Query() query: ListingQuery,
  ): Promise<PageAnswer<PresenceAnswer>> {
    return this.presence.ofRoom(principal, roomId, query);
  }

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
