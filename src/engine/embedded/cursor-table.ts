// How far clients have acknowledged, and which of them have ever been here.
import type { Database, Statement } from 'better-sqlite3';
import type { CursorUpdate, QueueOwner } from '../../log/index.js';
import type { LogRow, LogTable } from './log-table.js';
import type { StoreCalls } from './store-operation.js';

/** What a client has acknowledged in a log, and since when it is in it. Null without a cursor, and where it is no member. */
interface ClientCursors {
  joinedSeq: number | null;
  /** On any of its devices. */
  best: number | null;
  seq: number | null;
  clientSeq: number | null;
}

/** Carries out the calls about cursors, and about the position among presence changes. */
export class CursorTable implements Pick<StoreCalls, 'saveCursors' | 'savePresencePosition'> {
  private readonly select: Statement<[number, string, string], number>;
  private readonly selectAll: Statement<[number, string, string, string, number, string], ClientCursors>;
  private readonly insert: Statement<[number, number, number, number, number, string, string]>;
  private readonly raise: Statement<[number, number, number, number, number, number, number, string, string]>;
  private readonly saveDropped: Statement<[number, number, number, string, string]>;
  private readonly delete: Statement;
  private readonly insertOwner: Statement;
  private readonly raisePresence: Statement;
  private readonly presencePosition: Statement<[string, string, string], number>;
  private readonly selectDevices: Statement<[string, string], string>;

  constructor(
    db: Database,
    private readonly logs: LogTable,
    private readonly personalPrefix: string,
  ) {
    this.select = db.prepare<[number, string, string], number>('SELECT seq FROM cursors WHERE log_id = ? AND client_id = ? AND device = ?').pluck();
    // Parameters by place: names cost a look-up each, and this runs for every cursor that is stored.
    this.selectAll = db.prepare(
      `SELECT (SELECT joined_seq FROM members WHERE log_id = ? AND client_id = ?) AS joinedSeq,
         max(seq) AS best, max(iif(device = ?, seq, NULL)) AS seq, max(iif(device = ?, client_seq, NULL)) AS clientSeq
       FROM cursors WHERE log_id = ? AND client_id = ?`,
    );
    this.insert = db.prepare('INSERT INTO cursors (seq, at, client_seq, client_at, log_id, client_id, device) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.raise = db.prepare(
      `UPDATE cursors SET
         at = iif(? > seq, ?, at), seq = max(seq, ?),
         client_at = iif(? > client_seq, ?, client_at), client_seq = max(client_seq, ?)
       WHERE log_id = ? AND client_id = ? AND device = ?`,
    );
    this.saveDropped = db.prepare('UPDATE cursors SET dropped_from = ?, dropped_to = ? WHERE log_id = ? AND client_id = ? AND device = ?');
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
    // Members of a room acknowledge about the same time; nothing in here changes a log.
    const rows = new Map<string, LogRow | undefined>();
    return updates.map((update) => {
      // No tenant's name holds a slash.
      const key = `${update.tenant}/${update.log}`;
      let row = rows.get(key);
      if (row === undefined) rows.set(key, (row = this.logs.find(update.tenant, update.log)));
      return row && this.saveCursor(update, row);
    });
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
  private saveCursor(update: CursorUpdate, row: LogRow): number | undefined {
    const { tenant, clientId, device, at, dropped } = update;
    const { logId, head } = row;
    const current = this.selectAll.get(logId, clientId, device, device, logId, clientId) as ClientCursors;
    const joinedSeq = row.memberCount === null ? this.joinedOwn(row, clientId) : current.joinedSeq;
    if (joinedSeq === null) return undefined;
    const seq = Math.min(update.seq, head);
    const clientSeq = Math.min(update.clientSeq, head);
    if (current.seq === null || current.clientSeq === null) {
      this.insert.run(seq, at, clientSeq, at, logId, clientId, device);
      this.insertOwner.run(tenant, clientId, device);
    } else if (seq > current.seq || clientSeq > current.clientSeq) {
      this.raise.run(seq, at, seq, clientSeq, at, clientSeq, logId, clientId, device);
    }
    if (dropped !== undefined && dropped.toSeq > (current.seq ?? 0)) this.saveDropped.run(dropped.fromSeq, dropped.toSeq, logId, clientId, device);
    return Math.max(joinedSeq, current.best ?? 0);
  }

  /** A client's own log is received by nobody else. */
  private joinedOwn({ log }: LogRow, clientId: string): number | null {
    return log === this.personalPrefix + clientId ? 0 : null;
  }
}
