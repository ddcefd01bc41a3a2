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
    // Nothing is read of a room before it is known to be visible: how long that takes would tell it from one that does not exist.
    const room = (await this.isVisible(principal, roomId)) ? await this.engine.getRoom(principal.tenant, roomId) : undefined;
    if (room === undefined) throw new ChatError('ROOM_NOT_FOUND');
    return room;
  }

  listingMember(principal: Principal): string | undefined {
    return hasScope(principal, Scope.Admin) ? undefined : principal.clientId;
  }

  private async isVisible({ tenant, clientId, scopes }: Principal, roomId: string): Promise<boolean> {
    return scopes.has(Scope.Admin) || (await this.engine.getMember(tenant, roomId, clientId)) !== undefined;
  }
}
