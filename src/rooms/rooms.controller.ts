// /api/v1/rooms: rooms themselves.
import { Body, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { ApiController, ListingQuery, type PageAnswer } from '../http/index.js';
import { NewRoom, RoomProperties } from './dto/index.js';
import { roomIdPipe } from './path-pipes.js';
import { type RoomAnswer } from './room-answer.js';
import { RoomsService } from './rooms.service.js';

/** Rooms themselves. */
@ApiController('rooms')
export class RoomsController {
  constructor(@Inject(RoomsService) private readonly rooms: RoomsService) {}

  /**
   * Makes a room.
   *
   * The first members are there from the beginning of its order: nobody is notified that they joined.
   *
   * @throws ChatError `ROOM_EXISTS`
   */
  @Post()
  @RequireScope(Scope.Admin)
  create(@CurrentPrincipal() principal: Principal, @Body() room: NewRoom): Promise<RoomAnswer> {
    return this.rooms.create(principal, room);
  }

  /**
   * Lists rooms.
   *
   * Those that the token's client is a member of; all of the tenant's for an administrator. In ascending order of id.
   */
  @Get()
  list(@CurrentPrincipal() principal: Principal, @Query() query: ListingQuery): Promise<PageAnswer<RoomAnswer>> {
    return this.rooms.list(principal, query);
  }

  /**
   * Reads a room.
   *
   * For its members and administrators; to everybody else it does not exist.
   */
  @Get(':room_id')
  get(@CurrentPrincipal() principal: Principal, @Param('room_id', roomIdPipe) roomId: string): Promise<RoomAnswer> {
    return this.rooms.get(principal, roomId);
  }

  /**
   * Changes a room.
   *
   * null clears a property, what is left out stays. Members are notified with `room_updated` of what changed.
   */
  @Patch(':room_id')
  @RequireScope(Scope.Admin)
  update(
    @CurrentPrincipal() principal: Principal,
    @Param('room_id', roomIdPipe) roomId: string,
    @Body() properties: RoomProperties,
  ): Promise<RoomAnswer> {
    return this.rooms.update(principal, roomId, properties);
  }

  /**
   * Deletes a room.
   *
   * Members are notified with `room_deleted`; those that are away, after what was queued before it.
   */
  @Delete(':room_id')
  @HttpCode(204)
  @RequireScope(Scope.Admin)
  delete(@CurrentPrincipal() principal: Principal, @Param('room_id', roomIdPipe) roomId: string): Promise<void> {
    return this.rooms.delete(principal, roomId);
  }
}
