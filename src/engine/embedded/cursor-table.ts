// How far clients have acknowledged, and which of them have ever been here.
import type { Database, Statement } from 'better-sqlite3';
import type { CursorUpdate, QueueOwner } from '../../log/index.js';
import type { LogRow, LogTable } from './log-table.js';
import type { MemberTable } from './member-table.js';
import type { StoreCalls } from './store-operation.js';

/** What a client has acknowledged in a log: on any of its devices, and on one. Null without a cursor. */
interface ClientCursors {
  best: number | null;
  seq: number | null;
  clientSeq: number | null;
}

/** Carries out the calls about cursors, and about the position among presence changes. */
export class CursorTable implements Pick<StoreCalls, 'saveCursors' | 'savePresencePosition'> {
  private readonly select: Statement<[number, string, string], number>;
  private readonly selectAll: Statement<[{ logId: number; clientId: string; device: string }], ClientCursors>;
  private readonly insert: Statement;
  private readonly raise: Statement;
  private readonly delete: Statement;
  private readonly insertOwner: Statement;
  private readonly raisePresence: Statement;
  private readonly presencePosition: Statement<[string, string, string], number>;
  private readonly selectDevices: Statement<[string, string], string>;

  constructor(
    db: Database,
    private readonly logs: LogTable,
    private readonly members: MemberTable,
    private readonly personalPrefix: string,
  ) {
    this.select = db.prepare<[number, string, string], number>('SELECT seq FROM cursors WHERE log_id = ? AND client_id = ? AND device = ?').pluck();
    this.selectAll = db.prepare(
      `SELECT max(seq) AS best, max(iif(device = @device, seq, NULL)) AS seq, max(iif(device = @device, client_seq, NULL)) AS clientSeq
       FROM cursors WHERE log_id = @logId AND client_id = @clientId`,
    );
    this.insert = db.prepare('INSERT INTO cursors (seq, at, client_seq, client_at, log_id, client_id, device) VALUES (@seq, @at, @clientSeq, @at, @logId, @clientId, @device)');
    this.raise = db.prepare(
      `UPDATE cursors SET
         at = iif(@seq > seq, @at, at), seq = max(seq, @seq),
         client_at = iif(@clientSeq > client_seq, @at, client_at), client_seq = max(client_seq, @clientSeq)
       WHERE log_id = @logId AND client_id = @clientId AND device = @device`,
    );
    this.delete = db.prepare('DELETE FROM cursors WHERE log_id = ? AND client_id = ?');
    this.insertOwner = db.prepare('INSERT OR IGNORE INTO owners (tenant, client_id, device, presence_position) VALUES (?, ?, ?, 0)');
    this.raisePresence = db.prepare(
      `INSERT INTO owners (tenant, client_id, device, presence_position) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET presence_position = max(presence_position, excluded.presence_position)`,
    );
    this.presencePosition = db
      .prepare<[string, string, string], number>('SELECT presence_position FROM owners WHERE tenant = ? AND client_id = ? AND device = ?')
      .pluck();
    this.selectDevices = db.prepare<[string, string], string>('SELECT device FROM owners WHERE tenant = ? AND client_id = ?').pluck();
  }

  saveCursors(updates: readonly CursorUpdate[]): (number | undefined)[] {
    return updates.map((update) => this.saveCursor(update));
  }

  savePresencePosition({ tenant, clientId, device }: QueueOwner, position: number): void {
    this.raisePresence.run(tenant, clientId, device, position);
  }

  /** The acknowledged `seq`; 0 without one. */
  find(logId: number, clientId: string, device: string): number {
    return this.select.get(logId, clientId, device) ?? 0;
  }

  /** The position among presence changes; absent for an owner that never was here. */
  findPresencePosition({ tenant, clientId, device }: QueueOwner): number | undefined {
    return this.presencePosition.get(tenant, clientId, device);
  }

  /** The devices of a client that have been here. */
  devices(tenant: string, clientId: string): string[] {
    return this.selectDevices.all(tenant, clientId);
  }

  /** Forgets a client's cursors in a log, on all devices. */
  forget(logId: number, clientId: string): void {
    this.delete.run(logId, clientId);
  }

  /** Returns the best position before, see `saveCursors` of the interface. */
  private saveCursor({ tenant, clientId, device, log, seq, clientSeq, at }: CursorUpdate): number | undefined {
    const row = this.logs.find(tenant, log);
    const joinedSeq = row && this.joinedSeq(row, clientId);
    if (row === undefined || joinedSeq === undefined) return undefined;
    const raised = { logId: row.logId, clientId, device, at, seq: Math.min(seq, row.head), clientSeq: Math.min(clientSeq, row.head) };
    const current = this.selectAll.get(raised);
    if (current === undefined || current.seq === null || current.clientSeq === null) {
      this.insert.run(raised);
      this.insertOwner.run(tenant, clientId, device);
    } else if (raised.seq > current.seq || raised.clientSeq > current.clientSeq) {
      this.raise.run(raised);
    }
    return Math.max(joinedSeq, current?.best ?? 0);
  }

  /** Undefined for a client that does not receive from the log. */
  private joinedSeq({ logId, log, memberCount }: LogRow, clientId: string): number | undefined {
    if (memberCount === null) return log === this.personalPrefix + clientId ? 0 : undefined;
    return this.members.find(logId, clientId)?.joinedSeq;
  }
}
