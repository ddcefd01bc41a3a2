// Pages of the tables, in the order of their keys, for who reads a store as a whole.
import type { Database } from 'better-sqlite3';
import type { MemberRecord } from '../delivery-engine.interface.js';
import type { LogRecords, StoreRecords } from '../store-transfer.interface.js';

type OfLog = Omit<LogRecords, 'entries'>;

/** For each kind what reads the page behind a record; behind nothing, the first one. */
export type PageReaders = { [K in keyof OfLog]: (logId: number, last: OfLog[K] | undefined) => OfLog[K][] } & {
  [K in keyof StoreRecords]: (last: StoreRecords[K] | undefined) => StoreRecords[K][];
};

type Presence = StoreRecords['presence'];
type Ban = StoreRecords['bans'];
/** @param expired idempotency ids up to this time do not count any more */
export function pageReaders(db: Database, expired: number, limit: number): PageReaders {
  const members = db.prepare<unknown[], MemberRecord>(
    'SELECT client_id AS clientId, joined_seq AS joinedSeq, joined_at AS joinedAt FROM members WHERE log_id = ? AND client_id > ? ORDER BY client_id LIMIT ?',
  );
  const cursors = db.prepare<unknown[], LogRecords['cursors']>(
    `SELECT client_id AS clientId, device, seq, at, client_seq AS clientSeq, client_at AS clientAt,
       dropped_from AS droppedFrom, dropped_to AS droppedTo FROM cursors
     WHERE log_id = ? AND (client_id, device) > (?, ?) ORDER BY client_id, device LIMIT ?`,
  );
  const silent = db.prepare<unknown[], LogRecords['silent']>('SELECT seq, at FROM silent WHERE log_id = ? AND seq > ? ORDER BY seq LIMIT ?');
  const idempotency = db.prepare<unknown[], LogRecords['idempotency']>(
    `SELECT sender, request AS id, seq, incarnation, at FROM idempotency
     WHERE log_id = ? AND (sender, request) > (?, ?) AND at > ? ORDER BY sender, request LIMIT ?`,
  );
  const devices = db.prepare<unknown[], StoreRecords['devices']>(
    `SELECT tenant, client_id AS clientId, device, presence_position AS position FROM owners
     WHERE (tenant, client_id, device) > (?, ?, ?) ORDER BY tenant, client_id, device LIMIT ?`,
  );
  const presence = db.prepare<unknown[], Presence>(
    `SELECT tenant, client_id AS clientId, status, last_seen AS lastSeen, position FROM presence
     WHERE (tenant, client_id) > (?, ?) ORDER BY tenant, client_id LIMIT ?`,
  );
  const bans = db.prepare<unknown[], Omit<Ban, 'by'> & { by: string | null }>(
    `SELECT tenant, client_id AS clientId, reason, banned_at AS bannedAt, until, banned_by AS "by" FROM bans
     WHERE (tenant, client_id) > (?, ?) ORDER BY tenant, client_id LIMIT ?`,
  );
  const tokens = db.prepare<unknown[], StoreRecords['revocations']>(
    'SELECT tenant, token_id AS tokenId, revoked_at AS revokedAt FROM revoked_tokens WHERE (tenant, token_id) > (?, ?) ORDER BY tenant, token_id LIMIT ?',
  );
  const clients = db.prepare<unknown[], StoreRecords['revocations']>(
    `SELECT tenant, client_id AS clientId, issued_before AS issuedBefore, revoked_at AS revokedAt FROM revoked_clients
     WHERE (tenant, client_id) > (?, ?) ORDER BY tenant, client_id LIMIT ?`,
  );
  const outbox = db.prepare<unknown[], StoreRecords['outbox']>(
    `SELECT destination, id, body, added_at AS addedAt, due_at AS dueAt, attempts FROM outbox
     WHERE (destination, id) > (?, ?) ORDER BY destination, id LIMIT ?`,
  );
  const untold = db.prepare<unknown[], StoreRecords['untold']>(
    'SELECT tenant, client_id AS clientId, position FROM presence_untold WHERE (tenant, client_id) > (?, ?) ORDER BY tenant, client_id LIMIT ?',
  );
  return {
    members: (logId, last) => members.all(logId, last?.clientId ?? '', limit),
    cursors: (logId, last) => cursors.all(logId, last?.clientId ?? '', last?.device ?? '', limit),
    silent: (logId, last) => silent.all(logId, last?.seq ?? 0, limit),
    idempotency: (logId, last) => idempotency.all(logId, last?.sender ?? '', last?.id ?? '', expired, limit),
    devices: (last) => devices.all(last?.tenant ?? '', last?.clientId ?? '', last?.device ?? '', limit),
    presence: (last) => presence.all(last?.tenant ?? '', last?.clientId ?? '', limit),
    bans: (last) => bans.all(last?.tenant ?? '', last?.clientId ?? '', limit).map(({ by, ...ban }) => (by === null ? ban : { ...ban, by })),
    outbox: (last) => outbox.all(last?.destination ?? '', last?.id ?? '', limit),
    untold: (last) => untold.all(last?.tenant ?? '', last?.clientId ?? '', limit),
    // Tokens first, then clients.
    revocations: (last) => {
      const page = last?.clientId === undefined ? tokens.all(last?.tenant ?? '', last?.tokenId ?? '', limit) : [];
      if (page.length > 0) return page;
      return last?.clientId === undefined ? clients.all('', '', limit) : clients.all(last.tenant, last.clientId, limit);
    },
  };
}
