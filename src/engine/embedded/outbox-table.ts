// What is to be sent to others, by destination.
import type { Database, Statement } from 'better-sqlite3';
import type { ClaimedMessage, Outbox, OutboxAdded, OutboxClaim, OutboxState } from '../outbox.interface.js';
import type { OutboxCalls } from './store-operation.js';

type Params<K extends keyof Outbox> = Parameters<Outbox[K]>;

/** Carries out the calls of Outbox. */
export class OutboxTable implements OutboxCalls {
  private readonly remember: Statement;
  private readonly forgetIds: Statement;
  private readonly insert: Statement;
  private readonly count: Statement<[string], number>;
  private readonly dropOldest: Statement;
  private readonly selectDue: Statement<[string, number, number], ClaimedMessage>;
  private readonly lease: Statement;
  private readonly nextAt: Statement<[string], number | null>;
  private readonly delay: Statement;
  private readonly delete: Statement;
  private readonly state: Statement<[string], { size: number; oldestAt: number | null }>;
  private readonly deleteForgotten: Statement;

  constructor(db: Database) {
    this.remember = db.prepare(
      `INSERT INTO outbox_ids (destination, id, remembered_until) VALUES (@destination, @id, @until)
       ON CONFLICT DO UPDATE SET remembered_until = @until WHERE remembered_until <= @now`,
    );
    this.forgetIds = db.prepare('DELETE FROM outbox_ids WHERE rowid IN (SELECT rowid FROM outbox_ids WHERE remembered_until <= ? LIMIT ?)');
    this.insert = db.prepare('INSERT INTO outbox (destination, id, body, added_at, due_at, keep_until) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.count = db.prepare<[string], number>('SELECT count(*) FROM outbox WHERE destination = ?').pluck();
    this.dropOldest = db.prepare('DELETE FROM outbox WHERE number IN (SELECT number FROM outbox WHERE destination = ? ORDER BY added_at, number LIMIT ?)');
    this.selectDue = db.prepare(
      'SELECT id, body, added_at AS addedAt, attempts + 1 AS attempt FROM outbox WHERE destination = ? AND due_at <= ? ORDER BY due_at, number LIMIT ?',
    );
    this.lease = db.prepare('UPDATE outbox SET due_at = ?, attempts = attempts + 1 WHERE destination = ? AND id = ?');
    this.nextAt = db.prepare<[string], number | null>('SELECT min(due_at) FROM outbox WHERE destination = ?').pluck();
    this.delay = db.prepare('UPDATE outbox SET due_at = ? WHERE destination = ? AND id = ? AND attempts = ?');
    this.delete = db.prepare('DELETE FROM outbox WHERE destination = ? AND id = ?');
    this.state = db.prepare('SELECT count(*) AS size, min(added_at) AS oldestAt FROM outbox WHERE destination = ?');
    this.deleteForgotten = db.prepare('DELETE FROM outbox WHERE number IN (SELECT number FROM outbox WHERE keep_until < ? LIMIT ?)');
  }

  outboxAdd(...[destination, messages, { max, rememberMs, keepMs }, now]: Params<'add'>): OutboxAdded {
    let added = 0;
    for (const { id, body } of messages) {
      if (this.remember.run({ destination, id, now, until: now + rememberMs }).changes === 0) continue;
      added += this.insert.run(destination, id, body, now, now, now + keepMs).changes;
    }
    const excess = (this.count.get(destination) ?? 0) - max;
    if (excess > 0) this.dropOldest.run(destination, excess);
    return { added, repeated: messages.length - added, dropped: Math.max(0, excess) };
  }

  outboxClaim(...[destination, limit, now, leaseMs]: Params<'claim'>): OutboxClaim {
    const messages = this.selectDue.all(destination, now, limit);
    for (const { id } of messages) this.lease.run(now + leaseMs, destination, id);
    const nextAt = this.nextAt.get(destination) ?? undefined;
    return { messages, ...(nextAt !== undefined && { nextAt }) };
  }

  outboxPostpone(...[destination, { id, attempt }, dueAt]: Params<'postpone'>): void {
    this.delay.run(dueAt, destination, id, attempt);
  }

  outboxRemove(...[destination, ids]: Params<'remove'>): void {
    for (const id of ids) this.delete.run(destination, id);
  }

  outboxInspect(...[destination]: Params<'inspect'>): OutboxState {
    const { size = 0, oldestAt = null } = this.state.get(destination) ?? {};
    return { size, ...(oldestAt !== null && { oldestAt }) };
  }

  /** Deletes up to so many messages that nobody has asked for any more, and ids that are remembered no longer; how many there were. */
  clear(now: number, limit: number): number {
    return this.deleteForgotten.run(now, limit).changes + this.forgetIds.run(now, limit).changes;
  }
}
