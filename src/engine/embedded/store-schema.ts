// The tables of the embedded store.
import type { Database } from 'better-sqlite3';

/** Kept in `PRAGMA user_version`; raised with every change of the tables. */
export const SCHEMA_VERSION = 4;

/**
 * A log is known by its number, never by its name: a room that is made anew under an old name is another log, and what
 * the old one leaves behind is out of sight at once (`discarded`) and cleared away bit by bit.
 *
 * An entry's key is `log_id << 32 | seq` in one rowid: a log's entries stand side by side, and a row of a kilobyte needs
 * no overflow page, as it would in a table without rowids.
 */
const VERSION_1 = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO meta (key, value) VALUES ('incarnation', 0);

  CREATE TABLE logs (
    log_id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    log TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    head INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0, -- rows in entries
    oldest_at INTEGER, -- of the first of them
    member_count INTEGER, -- null in a client's own log
    deleted_at INTEGER,
    UNIQUE (tenant, log)
  ) STRICT;
  CREATE INDEX live_rooms ON logs (tenant, log) WHERE member_count IS NOT NULL AND deleted_at IS NULL;
  CREATE INDEX logs_by_age ON logs (oldest_at) WHERE oldest_at IS NOT NULL;
  CREATE INDEX deleted_rooms ON logs (deleted_at) WHERE deleted_at IS NOT NULL;
  CREATE TABLE discarded (log_id INTEGER PRIMARY KEY) STRICT;

  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    incarnation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;

  CREATE TABLE silent (
    log_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (log_id, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX silent_by_age ON silent (at);

  CREATE TABLE idempotency (
    id INTEGER PRIMARY KEY, -- in the order of their making
    log_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    request TEXT NOT NULL,
    seq INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (log_id, sender, request)
  ) STRICT;

  CREATE TABLE rooms (
    log_id INTEGER PRIMARY KEY,
    name TEXT,
    metadata TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE members (
    log_id INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    joined_seq INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (log_id, client_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members_by_client ON members (tenant, client_id);

  CREATE TABLE cursors (
    log_id INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    client_seq INTEGER NOT NULL,
    client_at INTEGER NOT NULL,
    PRIMARY KEY (log_id, client_id, device)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE owners (
    tenant TEXT NOT NULL,
    client_id TEXT NOT NULL,
    device TEXT NOT NULL,
    presence_position INTEGER NOT NULL,
    PRIMARY KEY (tenant, client_id, device)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE presence (
    tenant TEXT NOT NULL,
    client_id TEXT NOT NULL,
    status TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, client_id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX presence_by_position ON presence (tenant, position);
  CREATE INDEX present ON presence (tenant, client_id) WHERE status <> 'offline';
`;

/** Who may not come in. */
const VERSION_2 = `
  CREATE TABLE bans (
    tenant TEXT NOT NULL,
    client_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    banned_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    banned_by TEXT,
    PRIMARY KEY (tenant, client_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE revoked_tokens (
    tenant TEXT NOT NULL,
    token_id TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, token_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE revoked_clients (
    tenant TEXT NOT NULL,
    client_id TEXT NOT NULL,
    issued_before INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, client_id)
  ) STRICT, WITHOUT ROWID;
`;

/** What is to be sent to others, which of it was added lately, and which changes of presence are to be told to others. */
const VERSION_3 = `
  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY, -- in the order of their adding
    destination TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL, -- while it is claimed: when the lease ends
    attempts INTEGER NOT NULL DEFAULT 0,
    keep_until INTEGER NOT NULL,
    UNIQUE (destination, id)
  ) STRICT;
  CREATE INDEX outbox_due ON outbox (destination, due_at);
  CREATE INDEX outbox_by_age ON outbox (destination, added_at);
  CREATE INDEX outbox_kept ON outbox (keep_until);

  CREATE TABLE outbox_ids (
    destination TEXT NOT NULL,
    id TEXT NOT NULL,
    remembered_until INTEGER NOT NULL,
    UNIQUE (destination, id)
  ) STRICT;
  CREATE INDEX outbox_ids_by_age ON outbox_ids (remembered_until);

  CREATE TABLE presence_untold (
    tenant TEXT NOT NULL,
    client_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, client_id)
  ) STRICT, WITHOUT ROWID;
`;

/** What fell out of a queue last on the way to its cursor; no number is 0. */
const VERSION_4 = `
  ALTER TABLE cursors ADD COLUMN dropped_from INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE cursors ADD COLUMN dropped_to INTEGER NOT NULL DEFAULT 0;
`;

/** What leads from each version to the next, from an empty store on. */
const STEPS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3, VERSION_4];

/**
 * Makes the tables of a new store, and brings those of an older version up to date.
 *
 * @throws when the store was written by a newer version than this
 */
export function prepareSchema(db: Database, dataDir: string): void {
  const version = readVersion(db, dataDir);
  if (version === SCHEMA_VERSION) return;
  db.transaction(() => {
    for (const step of STEPS.slice(version)) db.exec(step);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

/**
 * Looks whether the tables are those of this version, and leaves them as they are.
 *
 * @throws when they are not
 */
export function requireSchema(db: Database, dataDir: string): void {
  const version = readVersion(db, dataDir);
  if (version === SCHEMA_VERSION) return;
  throw new Error(`The store in ${dataDir} was written by an older version (its schema is ${version}, this version has ${SCHEMA_VERSION}). Start this version's server over it once, and stop it.`);
}

/** @throws when it is newer than this version */
function readVersion(db: Database, dataDir: string): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version <= SCHEMA_VERSION) return version;
  throw new Error(
    `The store in ${dataDir} was written by a newer version (its schema is ${version}, this version knows ${SCHEMA_VERSION}). ` +
      'Start that version, or name another DATA_DIR.',
  );
}
