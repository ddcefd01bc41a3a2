// Who is a member of which room since when.
import type { Database, Statement } from 'better-sqlite3';
import type { MemberRecord } from '../delivery-engine.interface.js';

const MEMBER_COLUMNS = 'client_id AS clientId, joined_seq AS joinedSeq, joined_at AS joinedAt';

/** Members by the number of their room's log. */
export class MemberTable {
  private readonly select: Statement<[number, string], MemberRecord>;
  private readonly insert: Statement;
  private readonly delete: Statement;
  private readonly page: Statement<[number, string, number], MemberRecord>;
  private readonly shared: Statement<[string, string, string], number>;

  constructor(db: Database) {
    this.select = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM members WHERE log_id = ? AND client_id = ?`);
    this.insert = db.prepare('INSERT INTO members (log_id, client_id, tenant, joined_seq, joined_at) VALUES (?, ?, ?, ?, ?)');
    this.delete = db.prepare('DELETE FROM members WHERE log_id = ? AND client_id = ?');
    this.page = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM members WHERE log_id = ? AND client_id > ? ORDER BY client_id LIMIT ?`);
    this.shared = db
      .prepare<[string, string, string], number>(
        `SELECT 1 FROM members a JOIN members b ON b.log_id = a.log_id JOIN logs l ON l.log_id = a.log_id
         WHERE a.tenant = ? AND a.client_id = ? AND b.client_id = ? AND l.deleted_at IS NULL LIMIT 1`,
      )
      .pluck();
  }

  find(logId: number, clientId: string): MemberRecord | undefined {
    return this.select.get(logId, clientId);
  }

  add(logId: number, tenant: string, { clientId, joinedSeq, joinedAt }: MemberRecord): void {
    this.insert.run(logId, clientId, tenant, joinedSeq, joinedAt);
  }

  remove(logId: number, clientId: string): boolean {
    return this.delete.run(logId, clientId).changes > 0;
  }

  /** Members behind `after`, in the order of their ids. */
  list(logId: number, after: string, limit: number): MemberRecord[] {
    return this.page.all(logId, after, limit);
  }

  /** Whether two clients are in one room. */
  share(tenant: string, clientId: string, otherId: string): boolean {
    return this.shared.get(tenant, clientId, otherId) !== undefined;
  }
}
