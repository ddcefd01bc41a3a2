import { ChatError, DeliveryEngine, type Principal, type RoomAuthorizer, type RoomRecord } from '@chatapi/delivery';
import { Inject, Injectable } from '@nestjs/common';

/** The word in a token's scope that makes its bearer one of the staff. */
export const STAFF_SCOPE = 'staff';

/** Members see their rooms, and the staff sees the rooms of all orders. */
@Injectable()
export class StaffRoomAuthorizer implements RoomAuthorizer {
  constructor(@Inject(DeliveryEngine) private readonly engine: DeliveryEngine) {}

  async visibleRoom({ tenant, clientId, scopes }: Principal, roomId: string): Promise<RoomRecord> {
    const isVisible = scopes.has(STAFF_SCOPE) || (await this.engine.getMember(tenant, roomId, clientId)) !== undefined;
    const room = isVisible ? await this.engine.getRoom(tenant, roomId) : undefined;
    if (room === undefined) throw new ChatError('ROOM_NOT_FOUND');
    return room;
  }

  listingMember({ clientId, scopes }: Principal): string | undefined {
    return scopes.has(STAFF_SCOPE) ? undefined : clientId;
  }
}
