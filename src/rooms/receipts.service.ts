// Receipts: how far one message got with each member of its room.
import { Inject, Injectable, Optional } from '@nestjs/common';
import { hasScope, type Principal, Scope } from '../auth/index.js';
import { SentPositions } from '../delivery/index.js';
import { DeliveryEngine, type ReceiptRecord } from '../engine/index.js';
import { type ListingQuery, type PageAnswer, toListingAnswer, toListingRequest } from '../http/index.js';
import { ChatError, type MessageData, NotificationType } from '../protocol/index.js';
import { toTimestamp } from './room-answer.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

/** How far it got with one client. */
export interface ReceiptAnswer {
  client_id: string;
  state: ReceiptRecord['state'] | 'sent';
  /** When that became known; absent while it is not delivered. */
  at?: string;
}

@Injectable()
export class ReceiptsService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
    @Optional() @Inject(SentPositions) private readonly sentPositions?: SentPositions,
  ) {}

  /**
   * One page of receipts, in ascending order of client id. For the message's author and trusted backends.
   *
   * @throws ChatError `ROOM_NOT_FOUND` to outsiders, `FORBIDDEN` to other members, `MESSAGE_NOT_FOUND`
   */
  async page(principal: Principal, roomId: string, seq: number, query: ListingQuery): Promise<PageAnswer<ReceiptAnswer>> {
    const { tenant } = principal;
    await this.checkAccess(principal, roomId, seq);
    await this.sentPositions?.flushCursors();
    const page = await this.engine.receipts(tenant, roomId, seq, toListingRequest(query));
    return toListingAnswer(page, query, ({ clientId }) => clientId, ({ clientId, state, at }) => ({
      client_id: clientId,
      state: state === 'pending' && this.sentPositions?.isSent(tenant, clientId, roomId, seq) ? 'sent' : state,
      ...(at !== undefined && { at: toTimestamp(at) }),
    }));
  }

  private async checkAccess(principal: Principal, roomId: string, seq: number): Promise<void> {
    const { tenant, clientId } = principal;
    if (hasScope(principal, Scope.Publish)) {
      if ((await this.engine.getRoom(tenant, roomId)) === undefined) throw new ChatError('ROOM_NOT_FOUND');
      return;
    }
    const { head } = await this.authorizer.visibleRoom(principal, roomId);
    if (seq > head) throw new ChatError('MESSAGE_NOT_FOUND');
    if ((await this.authorOf(tenant, roomId, seq)) !== clientId) throw new ChatError('FORBIDDEN');
  }

  /** Who sent the message; undefined when the entry is none, or is not kept any more. */
  private async authorOf(tenant: string, roomId: string, seq: number): Promise<string | undefined> {
    const [entry] = await this.engine.readLog({ tenant, log: roomId }, seq - 1, 1);
    if (entry?.seq !== seq || entry.type !== NotificationType.Message) return undefined;
    return (JSON.parse(entry.data) as MessageData).client_id;
  }
}
