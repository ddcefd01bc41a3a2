// Changes of presence that are to be told to others, in the transactions that store them.
import type { Database, Statement } from 'better-sqlite3';
import type { SavedPresence } from '../delivery-engine.interface.js';
import type { JournaledChange, PendingPresence } from '../presence-journal.interface.js';
import type { JournalCalls } from './store-operation.js';

/** Carries out the calls of PresenceJournal. */
export class PresenceJournalTable implements JournalCalls {
  private readonly insert: Statement;
  private readonly select: Statement<[number], PendingPresence>;
  private readonly delete: Statement;
  private isKept = false;

  constructor(db: Database) {
    this.insert = db.prepare('INSERT INTO presence_untold (tenant, client_id, position) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET position = excluded.position');
    this.select = db.prepare(
      `SELECT u.tenant, u.client_id AS clientId, u.position, p.status, p.last_seen AS lastSeen FROM presence_untold u
       JOIN presence p ON p.tenant = u.tenant AND p.client_id = u.client_id LIMIT ?`,
    );
    this.delete = db.prepare('DELETE FROM presence_untold WHERE tenant = ? AND client_id = ? AND position = ?');
  }

  /** Notes a change, if it is one that is told. */
  note(tenant: string, { clientId, status, previous, position }: Omit<SavedPresence, 'rooms' | 'roomsTooLarge'>): void {
    if (this.isKept && (status === 'offline') !== (previous === 'offline')) this.insert.run(tenant, clientId, position);
  }

  journalKeep(): void {
    this.isKept = true;
  }

  journalPending(limit: number): PendingPresence[] {
    return this.select.all(limit);
  }

  journalSettle(tenant: string, changes: readonly JournaledChange[]): void {
    for (const { clientId, position } of changes) this.delete.run(tenant, clientId, position);
  }
}
