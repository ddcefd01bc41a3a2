// The embedded store, read as a whole: what stands in the way of moving it somewhere else is nobody's but the reader's.
import type { Database } from 'better-sqlite3';
import type { Clock, LogEntry } from '../../log/index.js';
import type { LogRecords, StoredLog, StoreExport, StoreRecords } from '../store-transfer.interface.js';
import { storeSettings, type EmbeddedEngineOptions } from './embedded-engine.options.js';
import { pageReaders, type PageReaders } from './export-pages.js';
import { LOG_COLUMNS, LogTable, type LogRow } from './log-table.js';
import { openForReading } from './store-database.js';
import { readLastRun } from './store-incarnation.js';

/** Records of a page. */
const PAGE = 250;
/** Data of a page of entries, in characters; the first entry is read whatever its size. */
const PAGE_CHARACTERS = 256 * 1024;

type ExportedRow = LogRow & { name: string | null; metadata: string | null; createdAt: number };

/** A log, and the number by which the store knows it. */
interface NumberedLog extends StoredLog {
  readonly row: LogRow;
}

function toLog(row: ExportedRow): NumberedLog {
  const { tenant, log, head, incarnation, name, createdAt, deletedAt } = row;
  if (row.memberCount === null) return { tenant, log, head, incarnation, row };
  const metadata = row.metadata === null ? null : (JSON.parse(row.metadata) as Record<string, unknown>);
  return { tenant, log, head, incarnation, room: { name, metadata, createdAt, memberCount: row.memberCount, deletedAt }, row };
}

/** Pages, each behind the last record of the one before; nothing is open between them. */
function* pages<T>(read: (last: T | undefined) => T[]): Iterable<readonly T[]> {
  let last: T | undefined;
  do {
    const page = read(last);
    if (page.length > 0) yield page;
    last = page.at(-1);
  } while (last !== undefined);
}

/**
 * Reads a store that no server has, at one time: what has fallen out by then is not given out. A write-ahead log that a crash has left behind is moved into the database
 * when this is closed, as at any start; nothing else is written.
 */
export class EmbeddedExport implements StoreExport {
  readonly identity: string;
  readonly incarnation: number;
  readonly mayHaveLostTail: boolean;
  readonly size: { readonly logs: number; readonly entries: number };
  private readonly db: Database;
  private readonly table: LogTable;
  private readonly read: PageReaders;

  /** @throws Error naming the cure when there is no store, another process has it, or another version has written it */
  constructor(options: EmbeddedEngineOptions, clock: Clock) {
    const settings = storeSettings(options);
    this.db = openForReading(settings.dataDir);
    const now = clock.now();
    ({ identity: this.identity, incarnation: this.incarnation, mayHaveLostTail: this.mayHaveLostTail } = readLastRun(this.db));
    this.size = this.db.prepare('SELECT count(*) AS logs, coalesce(sum(min(stored, ?)), 0) AS entries FROM logs').get(settings.queueMaxPerClient) as StoreExport['size'];
    this.table = new LogTable(this.db, settings, { now: () => now });
    this.read = pageReaders(this.db, now - settings.idempotencyTtlMs, PAGE);
  }

  *logs(): Iterable<NumberedLog> {
    const select = this.db.prepare<[number, number], ExportedRow>(
      `SELECT ${LOG_COLUMNS}, r.name, r.metadata, r.created_at AS createdAt FROM logs l LEFT JOIN rooms r ON r.log_id = l.log_id
       WHERE l.log_id > ? ORDER BY l.log_id LIMIT ?`,
    );
    for (const page of pages<ExportedRow>((last) => select.all(last?.logId ?? 0, PAGE))) yield* page.map(toLog);
  }

  recordsOf<K extends keyof LogRecords>(kind: K, log: StoredLog): Iterable<readonly LogRecords[K][]> {
    const { row } = log as NumberedLog;
    if (kind === 'entries') return pages((last) => this.readEntries(row, (last as LogEntry | undefined)?.seq ?? 0) as LogRecords[K][]);
    return pages((last) => this.read[kind as Exclude<K, 'entries'>](row.logId, last as never) as LogRecords[K][]);
  }

  records<K extends keyof StoreRecords>(kind: K): Iterable<readonly StoreRecords[K][]> {
    return pages((last) => this.read[kind](last as never) as StoreRecords[K][]);
  }

  close(): void {
    this.db.close();
  }

  private readEntries(row: LogRow, after: number): LogEntry[] {
    const first = this.table.firstKept(row, after);
    const page: LogEntry[] = [];
    if (first === undefined) return page;
    let characters = 0;
    for (const entry of this.table.read(row, first - 1, PAGE)) {
      page.push(entry);
      characters += entry.data.length;
      if (characters >= PAGE_CHARACTERS) break;
    }
    return page;
  }
}
