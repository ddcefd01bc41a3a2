// How far an entry got with each member, as cursors tell.
import type { Database, Statement } from 'better-sqlite3';
import type { Page, PageRequest, ReceiptRecord } from '../delivery-engine.interface.js';
import type { CursorTable } from './cursor-table.js';
import { readPage } from '../listing-page.js';
import type { LogRow } from './log-table.js';
import type { QueueReader } from './queue-reader.js';
import { Refusal } from './refusal.js';
import type { RoomTable } from './room-table.js';
import type { StoreCalls } from './store-operation.js';

/** A member with the times at which its best cursors reached the entry; null when none did. */
interface MemberProgress {
  readonly clientId: string;
  readonly joinedSeq: number;
  readonly acknowledgedAt: number | null;
  readonly deliveredAt: number | null;
}

/** Carries out `receipts`. */
export class ReceiptReader implements Pick<StoreCalls, 'receipts'> {
  private readonly progress: Statement<[{ logId: number; seq: number; after: string; limit: number }], MemberProgress>;

  constructor(
    db: Database,
    private readonly rooms: RoomTable,
    private readonly queues: QueueReader,
    private readonly cursors: CursorTable,
  ) {
    this.progress = db.prepare(
      `SELECT m.client_id AS clientId, m.joined_seq AS joinedSeq,
         max(iif(c.client_seq >= @seq AND @seq NOT BETWEEN c.dropped_from AND c.dropped_to, c.client_at, NULL)) AS acknowledgedAt,
         max(iif(c.seq >= @seq AND @seq NOT BETWEEN c.dropped_from AND c.dropped_to, c.at, NULL)) AS deliveredAt
       FROM members m LEFT JOIN cursors c ON c.log_id = m.log_id AND c.client_id = m.client_id
       WHERE m.log_id = @logId AND m.client_id > @after
       GROUP BY m.client_id ORDER BY m.client_id LIMIT @limit`,
    );
  }

  receipts(tenant: string, roomId: string, seq: number, page: PageRequest): Page<ReceiptRecord> {
    const row = this.rooms.require(tenant, roomId);
    const { logId } = row;
    if (!Number.isInteger(seq) || seq < 1 || seq > row.head) throw new Refusal('MESSAGE_NOT_FOUND');
    const members = readPage(page, (after, limit) => this.progress.all({ logId, seq, after, limit }), ({ clientId }) => clientId);
    return { ...members, items: members.items.map((member) => this.toRecord(row, seq, member)) };
  }

  private toRecord(row: LogRow, seq: number, { clientId, joinedSeq, acknowledgedAt, deliveredAt }: MemberProgress): ReceiptRecord {
    if (joinedSeq >= seq) return { clientId, state: 'not_a_member' };
    if (acknowledgedAt !== null) return { clientId, state: 'acknowledged', at: acknowledgedAt };
    if (deliveredAt !== null) return { clientId, state: 'delivered', at: deliveredAt };
    return { clientId, state: this.isDropped(row, seq, clientId) ? 'dropped' : 'pending' };
  }

  /** Dropped only when no device's queue holds it any more. */
  private isDropped({ tenant, logId }: LogRow, seq: number, clientId: string): boolean {
    const devices = this.cursors.devices(tenant, clientId);
    if (devices.length === 0) devices.push('');
    return devices.every((device) => this.queues.hasFallenOut({ tenant, clientId, device }, logId, seq));
  }
}
