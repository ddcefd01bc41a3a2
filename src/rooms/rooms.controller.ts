// /api/v1/rooms: rooms themselves.
import { Body, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, ListingQuery, type PageAnswer } from '../http/index.js';
import { NewRoom, RoomProperties } from './dto/index.js';
import { roomIdPipe } from './path-pipes.js';
import { type RoomAnswer } from './room-answer.js';
import { RoomsService } from './rooms.service.js';

@ApiController('rooms')
export class RoomsController {
  constructor(@Inject(RoomsService) private readonly rooms: RoomsService) {}

  @Post()
  @RequireScope(Scope.Admin)
  create(@CurrentPrincipal() principal: Principal, @Body() room: NewRoom): Promise<RoomAnswer> {
    return this.rooms.create(principal, room);
  }

  @Get()
  list(@CurrentPrincipal() principal: Principal, @Query() query: ListingQuery): Promise<PageAnswer<RoomAnswer>> {
    return this.rooms.list(principal, query);
  }

  @Get(':room_id')
  get(@CurrentPrincipal() principal: Principal, @Param('room_id', roomIdPipe) roomId: string): Promise<RoomAnswer> {
    return this.rooms.get(principal, roomId);
  }

  @Patch(':room_id')
  @RequireScope(Scope.Admin)
  update(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Body() properties: RoomProperties,
  ): Promise<RoomAnswer> {
    return this.rooms.update(principal, roomId, properties);
  }

  @Delete(':room_id')
  @HttpCode(204)
  @RequireScope(Scope.Admin)
  delete(@CurrentPrincipal() principal: Principal, @Param('room_id', roomIdPipe) roomId: string): Promise<void> {
    return this.rooms.delete(principal, roomId);
  }
}
