// Clearing away what is too old, in slices that hold nobody up.
import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../log/index.js';
import type { IdempotencyTable } from './idempotency-table.js';
import { LOG_COLUMNS, type LogRow, type LogTable } from './log-table.js';
import type { OutboxTable } from './outbox-table.js';
import type { RoomTable } from './room-table.js';
import { raiseIncarnation } from './store-incarnation.js';

/** Rows that one slice deletes of each kind, at most. */
const SLICE_ROWS = 500;
/** Logs that one slice looks at. */
const SLICE_LOGS = 16;

/** The tables whose rows belong to a log, and the columns that name a row of theirs. */
const OF_A_LOG = [
  { table: 'entries', key: 'id', where: 'id BETWEEN (@logId << 32) AND (@logId << 32 | 4294967295)' },
  { table: 'silent', key: 'log_id, seq', where: 'log_id = @logId' },
  { table: 'idempotency', key: 'id', where: 'log_id = @logId' },
  { table: 'cursors', key: 'log_id, client_id, device', where: 'log_id = @logId' },
  { table: 'members', key: 'log_id, client_id', where: 'log_id = @logId' },
  { table: 'rooms', key: 'log_id', where: 'log_id = @logId' },
] as const;

/** Each slice is one operation of its own, between those of clients. */
export class Housekeeping {
  private readonly oldLogs: Statement<[number, number], LogRow>;
  private readonly oldDeletedRooms: Statement<[number, number], number>;
  private readonly deleteSilent: Statement;
  private readonly nextDiscarded: Statement<[], number>;
  private readonly deleteOfLog: Statement[];
  private readonly forgetDiscarded: Statement;

  constructor(
    private readonly db: Database,
    private readonly logs: LogTable,
    private readonly rooms: RoomTable,
    private readonly idempotency: IdempotencyTable,
    private readonly outbox: OutboxTable,
    private readonly clock: Clock,
  ) {
    this.oldLogs = db.prepare(`SELECT ${LOG_COLUMNS} FROM logs l WHERE l.oldest_at < ? ORDER BY l.oldest_at LIMIT ?`);
    this.oldDeletedRooms = db.prepare<[number, number], number>('SELECT log_id FROM logs WHERE deleted_at < ? LIMIT ?').pluck();
    this.deleteSilent = db.prepare('DELETE FROM silent WHERE (log_id, seq) IN (SELECT log_id, seq FROM silent WHERE at < ? LIMIT ?)');
    this.nextDiscarded = db.prepare<[], number>('SELECT log_id FROM discarded LIMIT 1').pluck();
    this.deleteOfLog = OF_A_LOG.map(({ table, key, where }) =>
      db.prepare(`DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${where} LIMIT @limit)`),
    );
    this.forgetDiscarded = db.prepare('DELETE FROM discarded WHERE log_id = ?');
  }

  /** Clears away one slice; whether more remains. */
  run(): boolean {
    const { cutoff } = this.logs;
    const steps = [
      this.trimLogs(cutoff),
      this.idempotency.clear(SLICE_ROWS) > 0,
      this.deleteSilent.run(cutoff, SLICE_ROWS).changes > 0,
      this.discardRooms(cutoff),
      this.clearDiscarded(),
      this.outbox.clear(this.clock.now(), SLICE_ROWS) > 0,
    ];
    return steps.includes(true);
  }

  private trimLogs(cutoff: number): boolean {
    let left = SLICE_ROWS;
    for (const row of this.oldLogs.all(cutoff, SLICE_LOGS)) {
      if (left > 0) left -= this.logs.trim(row, left);
    }
    return left < SLICE_ROWS;
  }

  /** A room that is made later under such a name begins at 1 again: another incarnation keeps its entries' ids apart. */
  private discardRooms(cutoff: number): boolean {
    const logIds = this.oldDeletedRooms.all(cutoff, SLICE_LOGS);
    if (logIds.length === 0) return false;
    for (const logId of logIds) this.rooms.discard(logId);
    raiseIncarnation(this.db);
    return true;
  }

  private clearDiscarded(): boolean {
    const logId = this.nextDiscarded.get();
    if (logId === undefined) return false;
    let left = SLICE_ROWS;
    for (const statement of this.deleteOfLog) {
      if (left > 0) left -= statement.run({ logId, limit: left }).changes;
    }
    if (left > 0) this.forgetDiscarded.run(logId);
    return true;
  }
}
