// The default rule: members see their rooms, administrators see all.
import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { DeliveryEngine, type RoomRecord } from '../engine/index.js';
import { ChatError } from '../protocol/index.js';
import { type RoomAuthorizer } from './room-authorizer.interface.js';

@Injectable()
export class MembershipRoomAuthorizer implements RoomAuthorizer {
  constructor(@Inject(DeliveryEngine) private readonly engine: DeliveryEngine) {}

  async visibleRoom(principal: Principal, roomId: string): Promise<RoomRecord> {
    const [room, isVisible] = await Promise.all([this.engine.getRoom(principal.tenant, roomId), this.isVisible(principal, roomId)]);
    if (room === undefined || !isVisible) throw new ChatError('ROOM_NOT_FOUND');
    return room;
  }

  listingMember(principal: Principal): string | undefined {
    return hasScope(principal, Scope.Admin) ? undefined : principal.clientId;
  }

  private async isVisible({ tenant, clientId, scopes }: Principal, roomId: string): Promise<boolean> {
    return scopes.has(Scope.Admin) || (await this.engine.getMember(tenant, roomId, clientId)) !== undefined;
  }
}
