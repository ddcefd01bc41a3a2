// Appending notifications: idempotency, the author's membership, the log.
import type { LogEntry } from '../../log/index.js';
import type { AppendRequest } from '../delivery-engine.interface.js';
import type { IdempotencyTable } from './idempotency-table.js';
import type { LogRow, LogTable } from './log-table.js';
import type { MemberTable } from './member-table.js';
import type { StoreCalls, AppendOutcome } from './store-operation.js';

/** Carries out the calls of LogStore. */
export class AppendLog implements Pick<StoreCalls, 'append' | 'readLog'> {
  constructor(
    private readonly logs: LogTable,
    private readonly members: MemberTable,
    private readonly idempotency: IdempotencyTable,
    private readonly personalPrefix: string,
  ) {}

  append(requests: readonly AppendRequest[]): AppendOutcome[] {
    return requests.map((request) => this.appendOne(request));
  }

  readLog({ tenant, log }: { tenant: string; log: string }, after: number, limit: number): LogEntry[] {
    const row = this.logs.find(tenant, log);
    const first = row && this.logs.firstKept(row, after);
    return row === undefined || first === undefined ? [] : [...this.logs.read(row, first - 1, limit)];
  }

  private appendOne(request: AppendRequest): AppendOutcome {
    const row = this.logs.find(request.tenant, request.log) ?? this.createPersonal(request);
    if (row === undefined || row.deletedAt !== null) return { kind: 'refused', code: 'ROOM_NOT_FOUND' };
    const { idempotency, author, type, data, at } = request;
    if (idempotency !== undefined) {
      const repeated = this.findRepeated(row, idempotency);
      if (repeated !== undefined) return repeated;
    }
    if (author !== undefined && !this.isMember(row, author)) return { kind: 'refused', code: 'ROOM_NOT_FOUND' };
    const entry = this.logs.append(row, type, data, at);
    this.logs.saveAppended(row);
    if (idempotency !== undefined) this.idempotency.remember(row.logId, idempotency.sender, idempotency.id, entry);
    return { kind: 'appended', seq: entry.seq, incarnation: entry.incarnation, memberCount: row.memberCount ?? 1 };
  }

  private createPersonal({ tenant, log }: AppendRequest): LogRow | undefined {
    return log.startsWith(this.personalPrefix) ? this.logs.create(tenant, log, 0, null) : undefined;
  }

  /** A client is the one member of its own log. */
  private isMember(row: LogRow, clientId: string): boolean {
    return row.memberCount === null ? row.log === this.personalPrefix + clientId : this.members.find(row.logId, clientId) !== undefined;
  }

  private findRepeated(row: LogRow, { sender, id }: { sender: string; id: string }): AppendOutcome | undefined {
    const first = this.idempotency.find(row.logId, sender, id);
    if (first === undefined) return undefined;
    const { seq, incarnation, at } = first;
    const data = this.logs.firstKept(row, seq - 1) === seq ? [...this.logs.read(row, seq - 1, 1)][0]?.data : undefined;
    return { kind: 'repeated', seq, incarnation, at, ...(data !== undefined && { data }) };
  }
}
