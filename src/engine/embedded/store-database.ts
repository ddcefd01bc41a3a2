// Opening the store's file: one process at a time, and durable as asked.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { StoreSettings } from './store-operation.js';
import { prepareSchema, requireSchema } from './store-schema.js';

/** The database's file in its directory. */
export const STORE_FILE = 'chatapi.db';

/** How long a process that is just ending may keep the lock, ms. */
const LOCK_WAIT_MS = 1_000;

const CACHE_KIBIBYTES = 32 * 1024;

/** `PRAGMA synchronous`, as SQLite reads it back. FULL: every commit waits for fsync. NORMAL: only a checkpoint does. */
const SYNCHRONOUS = { fsync: { name: 'FULL', value: 2 }, os: { name: 'NORMAL', value: 1 } } as const;

/** Opens or makes the store. Throws with a message that names the cure. */
export function openDatabase({ dataDir, durability, maxStoreBytes }: StoreSettings): Database.Database {
  const db = open(dataDir);
  try {
    lock(db, dataDir);
    // Set behind the switch to WAL, which resets it: SQLite's own default there loses acknowledged commits at a power cut.
    const { name, value } = SYNCHRONOUS[durability];
    db.pragma(`synchronous = ${name}`);
    if (db.pragma('synchronous', { simple: true }) !== value) {
      throw new Error(`SQLite does not accept synchronous=${name}, so the store cannot be as durable as asked. Use the better-sqlite3 named in package.json.`);
    }
    // The store makes its own checkpoints: SQLite keeps the failures of automatic ones to itself.
    db.pragma('wal_autocheckpoint = 0');
    db.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    if (maxStoreBytes > 0) {
      const pageBytes = db.pragma('page_size', { simple: true }) as number;
      db.pragma(`max_page_count = ${Math.max(1, Math.floor(maxStoreBytes / pageBytes))}`);
    }
    prepareSchema(db, dataDir);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a store that is there for nothing but reading, while nobody else has it. Throws with a message that names the cure. */
export function openForReading(dataDir: string): Database.Database {
  if (!existsSync(join(dataDir, STORE_FILE))) throw new Error(`There is no store in ${dataDir}: it has no ${STORE_FILE}.`);
  const db = open(dataDir);
  try {
    // The lock cannot be had by a connection that may not write.
    lock(db, dataDir);
    db.pragma('query_only = ON');
    requireSchema(db, dataDir);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function open(dataDir: string): Database.Database {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return new Database(join(dataDir, STORE_FILE), { timeout: LOCK_WAIT_MS });
  } catch (error) {
    throw new Error(`The store in ${dataDir} cannot be opened: ${(error as Error).message}. Make the directory writable, or name another DATA_DIR.`, {
      cause: error,
    });
  }
}

/** The lock is the operating system's: it goes with the process, however that ends. */
function lock(db: Database.Database, dataDir: string): void {
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal') throw new Error(`The store in ${dataDir} cannot be switched to write-ahead logging (it is "${String(mode)}"). Name a DATA_DIR on a local disk.`);
    // Only a read takes the lock.
    db.pragma('user_version');
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new Error(`The store in ${dataDir} is in use by another process. Stop that process, or give this one a DATA_DIR of its own.`, { cause: error });
  }
}
