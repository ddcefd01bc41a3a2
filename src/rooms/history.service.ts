// A room's history: the entries that its log still keeps, as they were delivered.
import { Inject, Injectable } from '@nestjs/common';
import { type Principal } from '../auth/index.js';
import { DeliveryEngine } from '../engine/index.js';
import type { JsonText } from '../http/index.js';
import { notificationText } from '../protocol/index.js';
import { type HistoryQuery } from './dto/index.js';
import { RoomAuthorizer } from './room-authorizer.interface.js';

/** One notification of a room, as it was delivered. */
export interface HistoryEntry {
  /** `message`, `room_update`, or a backend's own. */
  type: string;
  /** The notification's own id. */
  id: string;
  seq: number;
  data: Record<string, unknown>;
}

/** One page of a room's history. */
export interface HistoryPage {
  /** Oldest first. */
  items: HistoryEntry[];
  /** The `after` of the following page; present when more follows. */
  next_after?: number;
}

@Injectable()
export class HistoryService {
  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(RoomAuthorizer) private readonly authorizer: RoomAuthorizer,
  ) {}

  /**
   * One page as JSON text, because entries are kept as text and delivered unchanged.
   *
   * @throws ChatError `ROOM_NOT_FOUND`
   */
  async page(principal: Principal, roomId: string, { after, limit }: HistoryQuery): Promise<JsonText<HistoryPage>> {
    const { head } = await this.authorizer.visibleRoom(principal, roomId);
    const entries = await this.engine.readLog({ tenant: principal.tenant, log: roomId }, after, limit);
    const items = entries.map(({ type, incarnation, seq, data }) => notificationText(type, roomId, incarnation, seq, data));
    const last = entries.at(-1);
    const next = last !== undefined && entries.length === limit && last.seq < head ? `,"next_after":${last.seq}` : '';
    return `{"items":[${items.join(',')}]${next}}` as JsonText<HistoryPage>;
  }
}
