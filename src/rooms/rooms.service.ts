// Rooms: made, found, changed and deleted.
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Principal } from '../auth/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { type ListingQuery, type PageAnswer, toListingAnswer, toListingRequest } from '../http/index.js';
import { Clock } from '../log/index.js';
import { type NewRoom, type RoomProperties } from './dto/index.js';
import { type RoomAnswer, toRoomAnswer } from './room-answer.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

@Injectable()
export class RoomsService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
  ) {}

  /** @throws ChatError `ROOM_EXISTS` */
  async create({ tenant, clientId: by }: Principal, room: NewRoom): Promise<RoomAnswer> {
    const members = [...new Set(room.members)];
    const record = await this.engine.createRoom({
      tenant,
      roomId: room.id ?? `room_${randomBytes(16).toString('base64url')}`,
      name: room.name ?? null,
      metadata: room.metadata ?? null,
      members,
      at: this.clock.now(),
    });
    const { id: roomId } = record;
    this.events.emit('adminAction', { tenant, by, action: 'room.create', roomId });
    if (members.length > 0) this.events.emit('joined', { tenant, by, roomId, clientIds: members });
    return toRoomAnswer(record);
  }

  /** The rooms that the principal may see, in ascending order of id. */
  async list(principal: Principal, query: ListingQuery): Promise<PageAnswer<RoomAnswer>> {
    const page = await this.engine.listRooms(principal.tenant, toListingRequest(query), this.authorizer.listingMember(principal));
    return toListingAnswer(page, query, ({ id }) => id, toRoomAnswer);
  }

  /** @throws ChatError `ROOM_NOT_FOUND` */
  async get(principal: Principal, roomId: string): Promise<RoomAnswer> {
    return toRoomAnswer(await this.authorizer.visibleRoom(principal, roomId));
  }

  /** @throws ChatError `ROOM_NOT_FOUND` */
  async update({ tenant, clientId: by }: Principal, roomId: string, { name, metadata }: RoomProperties): Promise<RoomAnswer> {
    const record = await this.engine.updateRoom({
      tenant,
      roomId,
      at: this.clock.now(),
      ...(name !== undefined && { name }),
      ...(metadata !== undefined && { metadata }),
    });
    this.events.emit('adminAction', { tenant, by, action: 'room.update', roomId });
    return toRoomAnswer(record);
  }

  /** @throws ChatError `ROOM_NOT_FOUND` */
  async delete({ tenant, clientId: by }: Principal, roomId: string): Promise<void> {
    await this.engine.deleteRoom({ tenant, roomId, at: this.clock.now() });
    this.events.emit('adminAction', { tenant, by, action: 'room.delete', roomId });
  }
}
