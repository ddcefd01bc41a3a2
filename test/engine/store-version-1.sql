-- A store as schema version 1 wrote it: one room with entries, members and cursors, a deleted one, and a client's own log.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
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
INSERT INTO meta (key, value) VALUES ('incarnation', 0);
INSERT INTO logs (log_id, tenant, log, incarnation, head, stored, oldest_at, member_count, deleted_at) VALUES (1, 'acme', 'kitchen', 0, 5, 4, 1705314600000, 2, NULL);
INSERT INTO logs (log_id, tenant, log, incarnation, head, stored, oldest_at, member_count, deleted_at) VALUES (2, 'acme', '@alice', 0, 1, 1, 1705314600000, NULL, NULL);
INSERT INTO logs (log_id, tenant, log, incarnation, head, stored, oldest_at, member_count, deleted_at) VALUES (3, 'acme', 'cellar', 0, 1, 1, 1705314600000, 0, 1705314600000);
INSERT INTO entries (id, incarnation, at, type, data) VALUES (4294967297, 0, 1705314600000, 'message', '{"text":"first"}');
INSERT INTO entries (id, incarnation, at, type, data) VALUES (4294967298, 0, 1705314600000, 'message', '{"text":"second"}');
INSERT INTO entries (id, incarnation, at, type, data) VALUES (4294967300, 0, 1705314600000, 'room_update', '{"room_id":"kitchen","event":"client_left","client_id":"bob","timestamp":"2024-01-15T10:30:00.000Z"}');
INSERT INTO entries (id, incarnation, at, type, data) VALUES (4294967301, 0, 1705314600000, 'message', '{"text":"third"}');
INSERT INTO entries (id, incarnation, at, type, data) VALUES (8589934593, 0, 1705314600000, 'invoice.paid', '{"text":"own"}');
INSERT INTO entries (id, incarnation, at, type, data) VALUES (12884901889, 0, 1705314600000, 'room_update', '{"room_id":"cellar","event":"room_deleted","timestamp":"2024-01-15T10:30:00.000Z"}');
INSERT INTO silent (log_id, seq, at) VALUES (1, 3, 1705314600000);
INSERT INTO idempotency (id, log_id, sender, request, seq, incarnation, at) VALUES (1, 1, 'alice', 'm1', 1, 0, 1705314600000);
INSERT INTO rooms (log_id, name, metadata, created_at) VALUES (1, 'Kitchen', '{"floor":2}', 1705314600000);
INSERT INTO rooms (log_id, name, metadata, created_at) VALUES (3, NULL, NULL, 1705314600000);
INSERT INTO members (log_id, client_id, tenant, joined_seq, joined_at) VALUES (1, 'alice', 'acme', 0, 1705314600000);
INSERT INTO members (log_id, client_id, tenant, joined_seq, joined_at) VALUES (1, 'carol', 'acme', 2, 1705314600000);
INSERT INTO members (log_id, client_id, tenant, joined_seq, joined_at) VALUES (3, 'alice', 'acme', 0, 1705314600000);
INSERT INTO cursors (log_id, client_id, device, seq, at, client_seq, client_at) VALUES (1, 'alice', 'phone', 1, 1705314600000, 1, 1705314600000);
INSERT INTO owners (tenant, client_id, device, presence_position) VALUES ('acme', 'alice', 'phone', 1);
INSERT INTO presence (tenant, client_id, status, last_seen, position) VALUES ('acme', 'alice', 'online', 1705314600000, 1);
INSERT INTO presence (tenant, client_id, status, last_seen, position) VALUES ('acme', 'bob', 'offline', 1705314600000, 2);
PRAGMA user_version = 1;
