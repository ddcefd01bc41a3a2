// Queues: what the logs of a client still have for it.
import type { Database, Statement } from 'better-sqlite3';
import type { DroppedRange, OpenedLog, OpenedQueue, QueueOwner, QueuePosition } from '../../log/index.js';
import type { QueueSummary } from '../delivery-engine.interface.js';
import { capToNewest } from '../queue-cap.js';
import type { CursorTable } from './cursor-table.js';
import { LOG_COLUMNS, type LogRow, type LogTable } from './log-table.js';
import type { MemberTable } from './member-table.js';
import { cutPacked, joinPacked, type PackedEntries } from './packed-entries.js';
import type { PackedPage, PackedRead } from './packed-read.js';
import type { StoreCalls, StoreSettings } from './store-operation.js';

/** So many entries are read before it is known how large they are; then more at once, as many as are expected to fit. */
const FIRST_ENTRIES = 64;
const GROWTH = 16;

/** What may still be read. */
interface PageRoom {
  entries: number;
  bytes: number;
}

/** A log of a queue, from the position after which it is to be delivered. */
interface QueuedLog {
  readonly row: LogRow;
  readonly after: number;
}

/** What is left of it. */
interface Standing extends QueuedLog {
  /** Everything up to here is delivered or has fallen out. */
  cut: number;
}

type MembershipRow = LogRow & { joinedSeq: number; cursor: number };

/** Carries out the reading calls of QueueStore. */
export class QueueReader implements Pick<StoreCalls, 'openQueue' | 'readQueue' | 'inspectQueue'> {
  private readonly memberships: Statement<[string, string, string], MembershipRow>;
  private readonly max: number;
  private readonly personalPrefix: string;

  constructor(
    db: Database,
    settings: StoreSettings,
    private readonly logs: LogTable,
    private readonly members: MemberTable,
    private readonly cursors: CursorTable,
  ) {
    this.max = settings.queueMaxPerClient;
    this.personalPrefix = settings.personalPrefix;
    this.memberships = db.prepare(
      `SELECT ${LOG_COLUMNS}, m.joined_seq AS joinedSeq, coalesce(c.seq, 0) AS cursor
       FROM members m JOIN logs l ON l.log_id = m.log_id
       LEFT JOIN cursors c ON c.log_id = m.log_id AND c.client_id = m.client_id AND c.device = ?
       WHERE m.tenant = ? AND m.client_id = ?`,
    );
  }

  openQueue(owner: QueueOwner): OpenedQueue {
    const own = this.personalPrefix + owner.clientId;
    const queued = this.queuedLogs(owner);
    const logs = queued.map(({ row, after }): OpenedLog => ({
      log: row.log,
      after,
      head: row.head,
      memberCount: row.memberCount ?? 1,
      ...(row.deletedAt !== null && { ended: true }),
    }));
    if (!logs.some(({ log }) => log === own)) logs.push({ log: own, after: 0, head: 0, memberCount: 1 });
    const presencePosition = this.cursors.findPresencePosition(owner);
    return { logs, known: presencePosition !== undefined, presencePosition: presencePosition ?? 0 };
  }

  readQueue(owner: QueueOwner, positions: readonly QueuePosition[], limit: number, maxBytes: number): PackedRead {
    const standings = this.assess(positions.flatMap((position) => this.locate(owner, position)));
    const pages: PackedPage[] = [];
    const dropped: DroppedRange[] = [];
    const left: PageRoom = { entries: limit, bytes: maxBytes };
    for (const standing of standings) {
      const { row, after, cut } = standing;
      const count = this.countDropped(standing);
      if (count > 0) dropped.push({ log: row.log, fromSeq: after + 1, toSeq: cut, count });
      if (left.entries > 0 || count > 0) pages.push(this.readPage(standing, left));
    }
    return { pages, dropped };
  }

  inspectQueue(owner: QueueOwner): QueueSummary {
    const standings = this.assess(this.queuedLogs(owner));
    const logs = standings
      .map(({ row, cut }) => ({ log: row.log, pending: row.head - cut - this.logs.countSilent(row, cut, row.head) }))
      .filter(({ pending }) => pending > 0);
    const size = logs.reduce((sum, { pending }) => sum + pending, 0);
    return { size, dropped: standings.reduce((sum, standing) => sum + this.countDropped(standing), 0), logs };
  }

  /** Whether an entry that a client has not acknowledged has fallen out of its queue. */
  hasFallenOut(owner: QueueOwner, logId: number, seq: number): boolean {
    return this.assess(this.queuedLogs(owner)).some(({ row, cut }) => row.logId === logId && seq <= cut);
  }

  /** The client's logs at its cursors; deleted rooms only while something in them is pending. */
  private queuedLogs({ tenant, clientId, device }: QueueOwner): QueuedLog[] {
    const queued = this.memberships
      .all(device, tenant, clientId)
      .map((row): QueuedLog => ({ row, after: Math.max(row.cursor, row.joinedSeq) }))
      .filter(({ row, after }) => row.deletedAt === null || after < row.head);
    const own = this.logs.find(tenant, this.personalPrefix + clientId);
    if (own !== undefined) queued.push({ row: own, after: this.cursors.find(own.logId, clientId, device) });
    return queued;
  }

  /** A position's log, from the client's joining on at the earliest; nothing when it receives nothing from there. */
  private locate({ tenant, clientId }: QueueOwner, { log, after }: QueuePosition): QueuedLog[] {
    const row = this.logs.find(tenant, log);
    if (row === undefined || row.head <= after) return [];
    if (log === this.personalPrefix + clientId) return [{ row, after }];
    const member = this.members.find(row.logId, clientId);
    return member === undefined ? [] : [{ row, after: Math.max(after, member.joinedSeq) }];
  }

  /** Finds what has fallen out: too old, or not among the newest of the whole queue. */
  private assess(queued: readonly QueuedLog[]): Standing[] {
    const standings = queued.map(({ row, after }): Standing => {
      if (row.head <= after) return { row, after, cut: row.head };
      return { row, after, cut: (this.logs.firstKept(row, after) ?? row.head + 1) - 1 };
    });
    // Silent numbers make this too large at times; then nothing is cut below.
    if (standings.reduce((sum, { row, cut }) => sum + row.head - cut, 0) <= this.max) return standings;
    const pending = standings.filter(({ row, cut }) => cut < row.head);
    const cuts = capToNewest(
      pending.map(({ row, cut }) => ({ head: row.head, readBack: (before, limit) => this.logs.readBack(row, cut, before, limit) })),
      this.max,
    );
    pending.forEach((standing, i) => (standing.cut = cuts[i] ?? standing.cut));
    return standings;
  }

  private countDropped({ row, after, cut }: Standing): number {
    return cut <= after ? 0 : cut - after - this.logs.countSilent(row, after, cut);
  }

  /** Reads one page, and takes what it holds off what is `left`. The first entry of all is read whatever its size. */
  private readPage({ row, cut }: Standing, left: PageRoom): PackedPage {
    let entries: PackedEntries | undefined;
    let limit = FIRST_ENTRIES;
    while (left.entries > 0) {
      const asked = Math.min(limit, left.entries);
      const read = this.logs.readPacked(row, entries?.lastSeq ?? cut, asked);
      if (read === undefined) break;
      const kept = cutPacked(read, left.bytes);
      entries = joinPacked(entries, kept);
      left.bytes -= kept.text.length;
      left.entries = left.bytes <= 0 ? 0 : left.entries - kept.count;
      if (read.count < asked) break;
      limit = Math.max(1, Math.min(limit * GROWTH, Math.ceil((left.bytes * read.count) / read.text.length)));
    }
    const last = entries?.lastSeq ?? cut;
    const more = last < row.head && this.logs.firstKept(row, last) !== undefined;
    return { log: row.log, entries, through: more ? last : row.head };
  }
}
