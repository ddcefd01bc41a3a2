// Asking for presence over HTTP: the stored status is what counts.
import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { DeliveryEngine, type PresenceRecord } from '../engine/index.js';
import { type ListingQuery, type PageAnswer, toListingAnswer, toListingRequest } from '../http/index.js';
import { ChatError } from '../protocol/index.js';
import { type PresenceAnswer, toPresenceAnswer } from './room-answer.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

@Injectable()
export class PresenceLookup {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
  ) {}

  /** Every member's presence, in ascending order of id. @throws ChatError `ROOM_NOT_FOUND` */
  async ofRoom(principal: Principal, roomId: string, query: ListingQuery): Promise<PageAnswer<PresenceAnswer>> {
    await this.authorizer.visibleRoom(principal, roomId);
    const page = await this.engine.listMembers(principal.tenant, roomId, toListingRequest(query));
    const clientIds = page.items.map(({ clientId }) => clientId);
    const records = await this.recordsOf(principal.tenant, clientIds);
    return toListingAnswer({ ...page, items: clientIds }, query, (clientId) => clientId, (clientId) => toPresenceAnswer(clientId, records.get(clientId)));
  }

  /** @throws ChatError `CLIENT_NOT_FOUND`, alike for a client that shares no room with the principal and one nobody knows. */
  async ofClient(principal: Principal, clientId: string): Promise<PresenceAnswer> {
    const { tenant } = principal;
    const mayKnow = hasScope(principal, Scope.Admin) || (await this.engine.shareRoom(tenant, principal.clientId, clientId));
    if (!mayKnow) throw new ChatError('CLIENT_NOT_FOUND');
    const records = await this.recordsOf(tenant, [clientId]);
    return toPresenceAnswer(clientId, records.get(clientId));
  }

  private async recordsOf(tenant: string, clientIds: readonly string[]): Promise<ReadonlyMap<string, PresenceRecord>> {
    const records = await this.engine.getPresence(tenant, clientIds);
    return new Map(records.map((record) => [record.clientId, record]));
  }
}
