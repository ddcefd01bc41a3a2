// What was appended under which idempotency id.
import type { Database, Statement } from 'better-sqlite3';
import type { Clock } from '../../log/index.js';
import type { StoreSettings } from './store-operation.js';

/** The first append under an id. */
export interface FirstAppend {
  readonly seq: number;
  readonly incarnation: number;
  readonly at: number;
}

/** Remembers appends for IDEMPOTENCY_TTL_SECONDS. */
export class IdempotencyTable {
  private readonly select: Statement<[number, string, string, number], FirstAppend>;
  private readonly replace: Statement;
  private readonly deleteOld: Statement;
  private readonly ttlMs: number;

  constructor(
    db: Database,
    settings: StoreSettings,
    private readonly clock: Clock,
  ) {
    this.ttlMs = settings.idempotencyTtlMs;
    this.select = db.prepare('SELECT seq, incarnation, at FROM idempotency WHERE log_id = ? AND sender = ? AND request = ? AND at > ?');
    this.replace = db.prepare('INSERT OR REPLACE INTO idempotency (log_id, sender, request, seq, incarnation, at) VALUES (?, ?, ?, ?, ?, ?)');
    // Rows stand in the order of their making, so the old ones are in front.
    this.deleteOld = db.prepare('DELETE FROM idempotency WHERE id IN (SELECT id FROM idempotency ORDER BY id LIMIT ?) AND at <= ?');
  }

  find(logId: number, sender: string, request: string): FirstAppend | undefined {
    return this.select.get(logId, sender, request, this.expired);
  }

  remember(logId: number, sender: string, request: string, { seq, incarnation, at }: FirstAppend): void {
    this.replace.run(logId, sender, request, seq, incarnation, at);
  }

  /** Deletes at most `limit` expired rows; returns how many. */
  clear(limit: number): number {
    return this.deleteOld.run(limit, this.expired).changes;
  }

  private get expired(): number {
    return this.clock.now() - this.ttlMs;
  }
}
