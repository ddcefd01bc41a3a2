// Rooms: made, changed, listed, deleted; their changes are entries of their logs.
import type { Database, Statement } from 'better-sqlite3';
import type { AppendedEntry, MembershipChange } from '../../log/index.js';
import type { Page, PageRequest, RoomRecord } from '../delivery-engine.interface.js';
import { readPage } from '../listing-page.js';
import { changesOf, roomUpdateData, type RoomUpdate } from '../room-update.js';
import { LOG_COLUMNS, type LogRow, type LogTable } from './log-table.js';
import type { MemberTable } from './member-table.js';
import { Refusal } from './refusal.js';
import type { StoreCalls } from './store-operation.js';

interface RoomProperties {
  name: string | null;
  /** JSON text. */
  metadata: string | null;
  createdAt: number;
}

type RoomRow = LogRow & RoomProperties;

const ROOM_COLUMNS = `${LOG_COLUMNS}, r.name, r.metadata, r.created_at AS createdAt`;
/** What the partial index of live rooms asks for. */
const LIVE = 'l.member_count IS NOT NULL AND l.deleted_at IS NULL';

function toRecord({ log, name, metadata, createdAt, memberCount, head }: RoomRow): RoomRecord {
  return {
    id: log,
    name,
    metadata: metadata === null ? null : (JSON.parse(metadata) as Record<string, unknown>),
    createdAt,
    memberCount: memberCount ?? 0,
    head,
  };
}

/** Carries out the room calls of RoomStore. New entries go to `feed` as well. */
export class RoomTable implements Pick<StoreCalls, 'createRoom' | 'getRoom' | 'listRooms' | 'updateRoom' | 'deleteRoom'> {
  private readonly select: Statement<[string, string], RoomRow>;
  private readonly pageOfAll: Statement<[string, string, number], RoomRow>;
  private readonly pageOfMember: Statement<[string, string, string, number], RoomRow>;
  private readonly insert: Statement;
  private readonly update: Statement;
  private readonly deleteLog: Statement;
  private readonly insertDiscarded: Statement;

  constructor(
    db: Database,
    private readonly logs: LogTable,
    private readonly members: MemberTable,
    private readonly feed: AppendedEntry[],
  ) {
    this.select = db.prepare(`SELECT ${ROOM_COLUMNS} FROM logs l JOIN rooms r ON r.log_id = l.log_id WHERE l.tenant = ? AND l.log = ? AND ${LIVE}`);
    this.pageOfAll = db.prepare(
      `SELECT ${ROOM_COLUMNS} FROM logs l INDEXED BY live_rooms JOIN rooms r ON r.log_id = l.log_id
       WHERE l.tenant = ? AND l.log > ? AND ${LIVE} ORDER BY l.log LIMIT ?`,
    );
    this.pageOfMember = db.prepare(
      `SELECT ${ROOM_COLUMNS} FROM members m JOIN logs l ON l.log_id = m.log_id JOIN rooms r ON r.log_id = l.log_id
       WHERE m.tenant = ? AND m.client_id = ? AND l.log > ? AND ${LIVE} ORDER BY l.log LIMIT ?`,
    );
    this.insert = db.prepare('INSERT INTO rooms (log_id, name, metadata, created_at) VALUES (?, ?, ?, ?)');
    this.update = db.prepare('UPDATE rooms SET name = ?, metadata = ? WHERE log_id = ?');
    this.deleteLog = db.prepare('DELETE FROM logs WHERE log_id = ?');
    this.insertDiscarded = db.prepare('INSERT INTO discarded (log_id) VALUES (?)');
  }

  createRoom(request: Parameters<StoreCalls['createRoom']>[0]): RoomRecord {
    const { tenant, roomId, name, metadata, at } = request;
    const former = this.logs.find(tenant, roomId);
    if (former !== undefined && former.deletedAt === null) throw new Refusal('ROOM_EXISTS');
    if (former !== undefined) this.discard(former.logId);
    const members = [...new Set(request.members)];
    const row = this.logs.create(tenant, roomId, former?.head ?? 0, members.length);
    const properties = { name, metadata: metadata && JSON.stringify(metadata), createdAt: at };
    this.insert.run(row.logId, properties.name, properties.metadata, properties.createdAt);
    for (const clientId of members) this.members.add(row.logId, tenant, { clientId, joinedSeq: row.head, joinedAt: at });
    this.feed.push({ tenant, log: roomId, seq: row.head, memberCount: members.length, change: { kind: 'created', members } });
    return toRecord({ ...row, ...properties });
  }

  getRoom(tenant: string, roomId: string): RoomRecord | undefined {
    const row = this.select.get(tenant, roomId);
    return row && toRecord(row);
  }

  listRooms(tenant: string, page: PageRequest, memberId?: string): Page<RoomRecord> {
    const read = (after: string, limit: number): RoomRow[] =>
      memberId === undefined ? this.pageOfAll.all(tenant, after, limit) : this.pageOfMember.all(tenant, memberId, after, limit);
    return readPage(page, (after, limit) => read(after, limit).map(toRecord), ({ id }) => id);
  }

  updateRoom(request: Parameters<StoreCalls['updateRoom']>[0]): RoomRecord {
    const { tenant, roomId, at } = request;
    const row = this.require(tenant, roomId);
    const current = toRecord(row);
    const changes = changesOf(request, current);
    if (changes === undefined) return current;
    const updated = { ...current, ...changes };
    this.update.run(updated.name, updated.metadata && JSON.stringify(updated.metadata), row.logId);
    this.announce(row, { event: 'room_updated', changes }, at);
    this.logs.saveAppended(row);
    return { ...updated, head: row.head };
  }

  deleteRoom({ tenant, roomId, at }: Parameters<StoreCalls['deleteRoom']>[0]): void {
    const row = this.require(tenant, roomId);
    row.memberCount = 0;
    row.deletedAt = at;
    this.announce(row, { event: 'room_deleted' }, at, { kind: 'deleted' });
    this.logs.save(row);
  }

  /** A live room's row; refuses with `ROOM_NOT_FOUND` without one. */
  require(tenant: string, roomId: string): RoomRow {
    const row = this.select.get(tenant, roomId);
    if (row === undefined) throw new Refusal('ROOM_NOT_FOUND');
    return row;
  }

  /** Appends a `room_update`; the row is to be saved. */
  announce(row: LogRow, update: RoomUpdate, at: number, change?: MembershipChange): void {
    const entry = this.logs.append(row, 'room_update', roomUpdateData(row.log, update, at), at);
    this.feed.push({ tenant: row.tenant, log: row.log, seq: entry.seq, entry, memberCount: row.memberCount ?? 0, ...(change && { change }) });
  }

  /** Takes a log out of sight for ever; what it leaves behind is cleared away later. */
  discard(logId: number): void {
    this.deleteLog.run(logId);
    this.insertDiscarded.run(logId);
  }
}
