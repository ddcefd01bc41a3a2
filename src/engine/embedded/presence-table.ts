// The newest status of each client, and its place among all changes.
import type { Database, Statement } from 'better-sqlite3';
import type { PresenceRecord, SavedPresence } from '../delivery-engine.interface.js';
import type { PresenceJournalTable } from './presence-journal-table.js';
import type { StoreCalls } from './store-operation.js';

const PRESENCE_COLUMNS = 'p.client_id AS clientId, p.status, p.last_seen AS lastSeen, p.position';

interface RoomOfMember {
  logId: number;
  log: string;
  memberCount: number;
}

/** Carries out the calls of PresenceStore, but for the owners' positions, which stand with the cursors. */
export class PresenceTable implements Pick<StoreCalls, 'savePresence' | 'getPresence' | 'presenceChanges' | 'listPresent'> {
  private readonly newest: Statement<[string], number | null>;
  private readonly upsert: Statement;
  private readonly select: Statement<[string, string], PresenceRecord>;
  private readonly selectPresent: Statement<[], PresenceRecord & { tenant: string }>;
  private readonly selectRooms: Statement<[string, string], RoomOfMember>;
  private readonly countChanges: Statement<[string, number, number], number>;
  private readonly selectChanges: Statement<[string, number, string], PresenceRecord>;
  private readonly changesInRoom: Statement<[number, number], PresenceRecord>;

  constructor(
    db: Database,
    private readonly journal: PresenceJournalTable,
  ) {
    this.newest = db.prepare<[string], number | null>('SELECT max(position) FROM presence WHERE tenant = ?').pluck();
    this.upsert = db.prepare(
      `INSERT INTO presence (tenant, client_id, status, last_seen, position) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (tenant, client_id) DO UPDATE SET status = excluded.status, last_seen = excluded.last_seen, position = excluded.position`,
    );
    this.select = db.prepare(`SELECT ${PRESENCE_COLUMNS} FROM presence p WHERE p.tenant = ? AND p.client_id = ?`);
    this.selectPresent = db.prepare(`SELECT p.tenant, ${PRESENCE_COLUMNS} FROM presence p WHERE p.status <> 'offline'`);
    this.selectRooms = db.prepare(
      `SELECT l.log_id AS logId, l.log, l.member_count AS memberCount FROM members m JOIN logs l ON l.log_id = m.log_id
       WHERE m.tenant = ? AND m.client_id = ? AND l.deleted_at IS NULL`,
    );
    this.countChanges = db
      .prepare<[string, number, number], number>('SELECT count(*) FROM (SELECT 1 FROM presence WHERE tenant = ? AND position > ? LIMIT ?)')
      .pluck();
    this.selectChanges = db.prepare(
      `SELECT ${PRESENCE_COLUMNS} FROM presence p WHERE p.tenant = ? AND p.position > ? AND EXISTS (
         SELECT 1 FROM members m WHERE m.client_id = p.client_id AND m.log_id IN (SELECT value FROM json_each(?))
       ) ORDER BY p.position`,
    );
    this.changesInRoom = db.prepare(
      `SELECT ${PRESENCE_COLUMNS} FROM members m CROSS JOIN presence p ON p.tenant = m.tenant AND p.client_id = m.client_id
       WHERE m.log_id = ? AND p.position > ?`,
    );
  }

  savePresence(tenant: string, records: Parameters<StoreCalls['savePresence']>[1], maxRoomSize: number): SavedPresence[] {
    // Rows are never deleted, so the largest position is the last one given.
    let position = this.newest.get(tenant) ?? 0;
    return records.map(({ clientId, status, lastSeen }) => {
      const previous = this.select.get(tenant, clientId)?.status ?? 'offline';
      this.upsert.run(tenant, clientId, status, lastSeen, ++position);
      this.journal.note(tenant, { clientId, status, previous, lastSeen, position });
      const all = this.selectRooms.all(tenant, clientId);
      const rooms = all.filter(({ memberCount }) => memberCount <= maxRoomSize).map(({ log }) => log);
      return { clientId, status, previous, lastSeen, position, rooms, roomsTooLarge: all.length - rooms.length };
    });
  }

  getPresence(tenant: string, clientIds: readonly string[]): PresenceRecord[] {
    return clientIds.map((clientId) => this.select.get(tenant, clientId)).filter((record) => record !== undefined);
  }

  presenceChanges(tenant: string, clientId: string, after: number, maxRoomSize: number): PresenceRecord[] {
    const rooms = this.selectRooms.all(tenant, clientId).filter(({ memberCount }) => memberCount <= maxRoomSize);
    const coMembers = rooms.reduce((sum, { memberCount }) => sum + memberCount, 0);
    // Whichever is fewer is gone through: everything that changed, or everybody the client shares a room with.
    const changes = this.countChanges.get(tenant, after, coMembers + 1) ?? 0;
    const logIds = rooms.map(({ logId }) => logId);
    const found = changes <= coMembers ? this.selectChanges.all(tenant, after, JSON.stringify(logIds)) : this.collectChanges(logIds, after);
    return found.filter((record) => record.clientId !== clientId);
  }

  listPresent(): { tenant: string; record: PresenceRecord }[] {
    return this.selectPresent.all().map(({ tenant, ...record }) => ({ tenant, record }));
  }

  private collectChanges(rooms: readonly number[], after: number): PresenceRecord[] {
    const found = new Map<string, PresenceRecord>();
    for (const logId of rooms) {
      for (const record of this.changesInRoom.all(logId, after)) found.set(record.clientId, record);
    }
    return [...found.values()].sort((a, b) => a.position - b.position);
  }
}
