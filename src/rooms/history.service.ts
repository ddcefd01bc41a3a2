// A room's history: the entries that its log still keeps, as they were delivered.
import { Inject, Injectable } from '@nestjs/common';
import { type Principal } from '../auth/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { notificationText } from '../protocol/index.js';
import { type HistoryQuery } from './dto/index.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

@Injectable()
export class HistoryService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
  ) {}

  /**
   * One page as JSON text: `items`, each {type, id, seq, data}, oldest first and of every type; `next_after`, the
   * `after` of the following page, when more follows. Text, because entries are kept as text and delivered unchanged.
   *
   * @throws ChatError `ROOM_NOT_FOUND`
   */
  async page(principal: Principal, roomId: string, { after, limit }: HistoryQuery): Promise<string> {
    const { head } = await this.authorizer.visibleRoom(principal, roomId);
    const entries = await this.engine.readLog({ tenant: principal.tenant, log: roomId }, after, limit);
    const items = entries.map(({ type, incarnation, seq, data }) => notificationText(type, roomId, incarnation, seq, data));
    const last = entries.at(-1);
    const next = last !== undefined && entries.length === limit && last.seq < head ? `,"next_after":${last.seq}` : '';
    return `{"items":[${items.join(',')}]${next}}`;
  }
}
