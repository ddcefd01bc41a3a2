// The store's half in its thread: batches of operations, each one transaction with one commit.
import Database from 'better-sqlite3';
import type { AppendedEntry } from '../../log/index.js';
import { AccessTable } from './access-table.js';
import { AppendLog } from './append-log.js';
import { CursorTable } from './cursor-table.js';
import { Housekeeping } from './housekeeping.js';
import { IdempotencyTable } from './idempotency-table.js';
import { LogTable } from './log-table.js';
import { MemberTable } from './member-table.js';
import { Membership } from './membership.js';
import { OutboxTable } from './outbox-table.js';
import { PresenceJournalTable } from './presence-journal-table.js';
import { PresenceTable } from './presence-table.js';
import { QueueReader } from './queue-reader.js';
import { ReceiptReader } from './receipt-reader.js';
import { Refusal } from './refusal.js';
import { RoomTable } from './room-table.js';
import { openDatabase } from './store-database.js';
import { markClean, takeOver } from './store-incarnation.js';
import type { StoreCalls, StoreOperation, StoreOutcome, StoreSettings } from './store-operation.js';

/** Calls that write nothing. */
const READS: ReadonlySet<keyof StoreCalls> = new Set([
  'readLog',
  'getRoom',
  'listRooms',
  'getMember',
  'listMembers',
  'shareRoom',
  'openQueue',
  'readQueue',
  'inspectQueue',
  'receipts',
  'getPresence',
  'presenceChanges',
  'listPresent',
  'outboxInspect',
  'journalKeep',
  'journalPending',
]);

/** The write-ahead log is moved into the database after about so many bytes. */
const CHECKPOINT_BYTES = 8 * 1024 * 1024;
/** What the first change of a log, an idempotency id, or another operation writes in a transaction: whole pages. About. */
const OPERATION_BYTES = 8 * 1024;
/** What an entry takes besides its data, about. */
const ENTRY_BYTES = 64;

function hasCode(error: unknown, ...prefixes: string[]): boolean {
  return error instanceof Database.SqliteError && prefixes.some((prefix) => error.code.startsWith(prefix));
}

/** After these nobody knows what is on disk: a failed fsync may report success when it is tried again. */
function isBroken(error: unknown): boolean {
  return hasCode(error, 'SQLITE_IOERR', 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_READONLY', 'SQLITE_CANTOPEN');
}

/** Runs batches. An error that it throws means that the store is broken. */
export class Store {
  private readonly db: Database.Database;
  private readonly calls: StoreCalls;
  /** What the operation that is running has appended, except by `append`. */
  private readonly feed: AppendedEntry[] = [];
  private now = 0;
  private bytesSinceCheckpoint = 0;
  /** Logs that were appended to in this transaction. */
  private readonly appendedTo = new Set<string>();

  constructor(settings: StoreSettings) {
    this.db = openDatabase(settings);
    takeOver(this.db, settings.durability);
    this.calls = this.createCalls(settings);
  }

  /** Runs operations in order. One that is refused does not touch the others; all that succeed are committed on return. */
  run(now: number, operations: readonly StoreOperation[]): StoreOutcome[] {
    this.now = now;
    try {
      return this.runTogether(operations);
    } catch (error) {
      if (isBroken(error)) throw error;
      const full = hasCode(error, 'SQLITE_FULL');
      return operations.map((operation) => (full && !READS.has(operation.kind) ? { refused: 'STORE_FULL' } : this.runAlone(operation)));
    }
  }

  /** Moves what was written into the database, when it has become much. */
  checkpointIfDue(): void {
    if (this.bytesSinceCheckpoint < CHECKPOINT_BYTES) return;
    this.bytesSinceCheckpoint = 0;
    try {
      this.db.pragma('wal_checkpoint(PASSIVE)');
    } catch (error) {
      if (!hasCode(error, 'SQLITE_FULL')) throw error;
    }
  }

  close(): void {
    try {
      markClean(this.db);
    } catch (error) {
      // Without the mark the next start is merely more careful.
      if (!hasCode(error, 'SQLITE_FULL')) throw error;
    } finally {
      this.db.close();
    }
  }

  private runTogether(operations: readonly StoreOperation[]): StoreOutcome[] {
    this.appendedTo.clear();
    try {
      this.db.exec('BEGIN');
      const outcomes = operations.map((operation) => this.carryOut(operation));
      this.db.exec('COMMIT');
      return outcomes;
    } catch (error) {
      // SQLite itself has rolled back after some errors.
      if (this.db.inTransaction && !isBroken(error)) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** An error that is no refusal has spoilt the batch; alone, only the operation that caused it fails. */
  private runAlone(operation: StoreOperation): StoreOutcome {
    try {
      return this.runTogether([operation])[0];
    } catch (error) {
      if (isBroken(error)) throw error;
      return { refused: hasCode(error, 'SQLITE_FULL') ? 'STORE_FULL' : 'SERVER_ERROR', cause: String(error) };
    }
  }

  private carryOut(operation: StoreOperation): StoreOutcome {
    this.feed.length = 0;
    if (!READS.has(operation.kind)) this.countBytes(operation);
    try {
      const value = this.call(operation);
      return this.feed.length === 0 ? { value } : { value, entries: [...this.feed] };
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.code };
      throw error;
    }
  }

  private call<K extends keyof StoreCalls>({ kind, args }: { kind: K; args: Parameters<StoreCalls[K]> }): unknown {
    const handler = this.calls[kind] as (...values: unknown[]) => unknown;
    return handler(...args);
  }

  private countBytes(operation: StoreOperation): void {
    if (operation.kind !== 'append') {
      this.bytesSinceCheckpoint += OPERATION_BYTES;
      return;
    }
    for (const { log, data, idempotency } of operation.args[0]) {
      this.bytesSinceCheckpoint += ENTRY_BYTES + data.length;
      if (idempotency !== undefined || !this.appendedTo.has(log)) this.bytesSinceCheckpoint += OPERATION_BYTES;
      this.appendedTo.add(log);
    }
  }

  private createCalls(settings: StoreSettings): StoreCalls {
    const { db, feed } = this;
    const clock = { now: () => this.now };
    const { personalPrefix } = settings;
    const logs = new LogTable(db, settings, clock);
    const members = new MemberTable(db);
    const idempotency = new IdempotencyTable(db, settings, clock);
    const appends = new AppendLog(logs, members, idempotency, personalPrefix);
    const rooms = new RoomTable(db, logs, members, feed);
    const cursors = new CursorTable(db, logs, personalPrefix);
    const membership = new Membership(logs, rooms, members, cursors, feed);
    const queues = new QueueReader(db, settings, logs, members, cursors);
    const receipts = new ReceiptReader(db, rooms, queues, cursors);
    const journal = new PresenceJournalTable(db);
    const presence = new PresenceTable(db, journal);
    const access = new AccessTable(db);
    const outbox = new OutboxTable(db);
    const housekeeping = new Housekeeping(db, logs, rooms, idempotency, outbox, clock);
    return {
      append: (...args) => appends.append(...args),
      readLog: (...args) => appends.readLog(...args),
      createRoom: (...args) => rooms.createRoom(...args),
      getRoom: (...args) => rooms.getRoom(...args),
      listRooms: (...args) => rooms.listRooms(...args),
      updateRoom: (...args) => rooms.updateRoom(...args),
      deleteRoom: (...args) => rooms.deleteRoom(...args),
      changeMembers: (...args) => membership.changeMembers(...args),
      getMember: (...args) => membership.getMember(...args),
      listMembers: (...args) => membership.listMembers(...args),
      shareRoom: (...args) => membership.shareRoom(...args),
      openQueue: (...args) => queues.openQueue(...args),
      readQueue: (...args) => queues.readQueue(...args),
      inspectQueue: (...args) => queues.inspectQueue(...args),
      receipts: (...args) => receipts.receipts(...args),
      saveCursors: (...args) => cursors.saveCursors(...args),
      savePresencePosition: (...args) => cursors.savePresencePosition(...args),
      savePresence: (...args) => presence.savePresence(...args),
      getPresence: (...args) => presence.getPresence(...args),
      presenceChanges: (...args) => presence.presenceChanges(...args),
      listPresent: () => presence.listPresent(),
      saveBan: (...args) => access.saveBan(...args),
      deleteBan: (...args) => access.deleteBan(...args),
      listBans: (...args) => access.listBans(...args),
      saveRevocation: (...args) => access.saveRevocation(...args),
      listRevocations: (...args) => access.listRevocations(...args),
      outboxAdd: (...args) => outbox.outboxAdd(...args),
      outboxClaim: (...args) => outbox.outboxClaim(...args),
      outboxPostpone: (...args) => outbox.outboxPostpone(...args),
      outboxRemove: (...args) => outbox.outboxRemove(...args),
      outboxInspect: (...args) => outbox.outboxInspect(...args),
      journalKeep: () => journal.journalKeep(),
      journalPending: (...args) => journal.journalPending(...args),
      journalSettle: (...args) => journal.journalSettle(...args),
      housekeep: () => housekeeping.run(),
    };
  }
}
