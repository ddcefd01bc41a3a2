// The logs and their entries: append, read, keep the newest.
import type { Database, Statement } from 'better-sqlite3';
import type { Clock, LogEntry } from '../../log/index.js';
import { PACKED, type PackedEntries } from './packed-entries.js';
import type { StoreSettings } from './store-operation.js';

/** A log's row. What is changed in it counts once it is saved. */
export interface LogRow {
  readonly logId: number;
  readonly tenant: string;
  readonly log: string;
  readonly incarnation: number;
  head: number;
  /** Entries that are stored; a few more than are kept, since clearing away is cheaper by the hundred. */
  stored: number;
  /** `at` of the oldest stored entry; null without one. */
  oldestAt: number | null;
  /** Null in a client's own log. */
  memberCount: number | null;
  deletedAt: number | null;
}

/** The columns of a {@link LogRow}, of a table called `l`. */
export const LOG_COLUMNS = `l.log_id AS logId, l.tenant, l.log, l.incarnation, l.head, l.stored, l.oldest_at AS oldestAt,
  l.member_count AS memberCount, l.deleted_at AS deletedAt`;

const SEQ_MASK = 0xffff_ffff;
/** Rows of entries from one `seq` (exclusive) to another (inclusive): parameters log, from, log, to. */
const RANGE = 'id > (? << 32 | ?) AND id <= (? << 32 | ?)';
const ENTRY_COLUMNS = `id & ${SEQ_MASK} AS seq, incarnation, type, data, at`;

/** Logs by their row; knows nothing of rooms. */
export class LogTable {
  private readonly findRow: Statement<[string, string], LogRow>;
  private readonly insertLog: Statement;
  private readonly insertEntry: Statement;
  private readonly insertSilent: Statement;
  private readonly saveHead: Statement;
  private readonly saveAll: Statement;
  private readonly deleteEntries: Statement;
  private readonly nthOldest: Statement<number[], number>;
  private readonly firstFresh: Statement<number[], number>;
  private readonly oldest: Statement<number[], number>;
  private readonly silentCount: Statement<number[], number>;
  private readonly forward: Statement<number[], LogEntry>;
  private readonly packed: Statement<number[], PackedEntries & { readonly text: string | null }>;
  private readonly backward: Statement<number[], { seq: number; at: number }>;
  private readonly max: number;
  private readonly ttlMs: number;
  /** Entries beyond the limit that are put up with before they are cleared away. */
  private readonly slack: number;

  constructor(
    db: Database,
    settings: StoreSettings,
    private readonly clock: Clock,
  ) {
    this.max = settings.queueMaxPerClient;
    this.ttlMs = settings.queueTtlMs;
    this.slack = Math.max(32, this.max >> 3);
    this.findRow = db.prepare(`SELECT ${LOG_COLUMNS} FROM logs l WHERE l.tenant = ? AND l.log = ?`);
    this.insertLog = db.prepare(
      `INSERT INTO logs (tenant, log, head, member_count, incarnation)
       VALUES (?, ?, ?, ?, (SELECT value FROM meta WHERE key = 'incarnation'))`,
    );
    this.insertEntry = db.prepare('INSERT INTO entries (id, incarnation, at, type, data) VALUES (? << 32 | ?, ?, ?, ?, ?)');
    this.insertSilent = db.prepare('INSERT INTO silent (log_id, seq, at) VALUES (?, ?, ?)');
    this.saveHead = db.prepare('UPDATE logs SET head = ?, stored = ? WHERE log_id = ?');
    this.saveAll = db.prepare('UPDATE logs SET head = ?, stored = ?, oldest_at = ?, member_count = ?, deleted_at = ? WHERE log_id = ?');
    this.deleteEntries = db.prepare(`DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE ${RANGE} ORDER BY id LIMIT ?)`);
    this.nthOldest = db.prepare<number[], number>(`SELECT id & ${SEQ_MASK} FROM entries WHERE ${RANGE} ORDER BY id LIMIT 1 OFFSET ?`).pluck();
    this.firstFresh = db.prepare<number[], number>(`SELECT id & ${SEQ_MASK} FROM entries WHERE ${RANGE} AND at >= ? ORDER BY id LIMIT 1`).pluck();
    this.oldest = db.prepare<number[], number>(`SELECT at FROM entries WHERE ${RANGE} ORDER BY id LIMIT 1`).pluck();
    this.silentCount = db.prepare<number[], number>('SELECT count(*) FROM silent WHERE log_id = ? AND seq > ? AND seq <= ?').pluck();
    this.forward = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE ${RANGE} ORDER BY id LIMIT ?`);
    this.packed = db.prepare(
      `SELECT count(*) AS count, max(seq) AS lastSeq, ${PACKED} AS text FROM (SELECT ${ENTRY_COLUMNS} FROM entries WHERE ${RANGE} ORDER BY id LIMIT ?)`,
    );
    this.backward = db.prepare(`SELECT id & ${SEQ_MASK} AS seq, at FROM entries WHERE ${RANGE} ORDER BY id DESC LIMIT ?`);
  }

  /** Entries older than this have fallen out. */
  get cutoff(): number {
    return this.clock.now() - this.ttlMs;
  }

  find(tenant: string, log: string): LogRow | undefined {
    return this.findRow.get(tenant, log);
  }

  create(tenant: string, log: string, head: number, memberCount: number | null): LogRow {
    this.insertLog.run(tenant, log, head, memberCount);
    return this.find(tenant, log) as LogRow;
  }

  /** Appends an entry; the row is to be saved. */
  append(row: LogRow, type: string, data: string, at: number): LogEntry {
    const { logId, incarnation } = row;
    const seq = ++row.head;
    this.insertEntry.run(logId, seq, incarnation, at, type, data);
    row.stored++;
    return { seq, incarnation, type, data, at };
  }

  /** Takes a number that notifies nobody; the row is to be saved. */
  skip(row: LogRow, at: number): number {
    this.insertSilent.run(row.logId, ++row.head, at);
    return row.head;
  }

  /** Saves a row to which only entries were appended: the hot path. */
  saveAppended(row: LogRow): void {
    if (row.oldestAt === null || row.stored > this.max + this.slack) this.save(row);
    else this.saveHead.run(row.head, row.stored, row.logId);
  }

  /** Saves all of a row, and clears away what has fallen out when it is worth it. */
  save(row: LogRow): void {
    if (row.stored > this.max + this.slack) this.trim(row);
    else this.write(row);
  }

  /** The first entry after `after` that is kept: among the newest, and young enough. */
  firstKept({ logId, head, stored, oldestAt }: LogRow, after: number): number | undefined {
    const excess = stored - this.max;
    const from = excess <= 0 ? after : Math.max(after, this.nthOldest.get(logId, 0, logId, head, excess - 1) ?? 0);
    const { cutoff } = this;
    return oldestAt !== null && oldestAt < cutoff
      ? this.firstFresh.get(logId, from, logId, head, cutoff)
      : this.nthOldest.get(logId, from, logId, head, 0);
  }

  /** How many numbers after `after`, up to `through`, notify nobody. */
  countSilent(row: LogRow, after: number, through: number): number {
    return this.silentCount.get(row.logId, after, through) ?? 0;
  }

  /** Stored entries after `after`, oldest first. */
  read({ logId, head }: LogRow, after: number, limit: number): IterableIterator<LogEntry> {
    return this.forward.iterate(logId, after, logId, head, limit);
  }

  /** The same in one string; undefined when there are none. */
  readPacked({ logId, head }: LogRow, after: number, limit: number): PackedEntries | undefined {
    const packed = this.packed.get(logId, after, logId, head, limit);
    return packed === undefined || packed.count === 0 ? undefined : packed;
  }

  /** Stored entries after `after` and before `before`, newest first. */
  readBack({ logId }: LogRow, after: number, before: number, limit: number): { seq: number; at: number }[] {
    return this.backward.all(logId, after, logId, before - 1, limit);
  }

  /** Deletes what has fallen out, at most `limit` entries, and saves the row; returns how many. */
  trim(row: LogRow, limit = Infinity): number {
    const { logId } = row;
    const through = (this.firstKept(row, 0) ?? row.head + 1) - 1;
    const { changes } = this.deleteEntries.run(logId, 0, logId, through, limit === Infinity ? -1 : limit);
    row.stored -= changes;
    if (changes > 0) row.oldestAt = null;
    this.write(row);
    return changes;
  }

  private write(row: LogRow): void {
    const { logId, head, stored, memberCount, deletedAt } = row;
    row.oldestAt ??= this.oldest.get(logId, 0, logId, head) ?? null;
    this.saveAll.run(head, stored, row.oldestAt, memberCount, deletedAt, logId);
  }
}
