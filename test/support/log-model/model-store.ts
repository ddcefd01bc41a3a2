// A store that keeps the promises of the engine's interface in the plainest way, all in memory and at once.
import {
  personalLog,
  type AppendedEntry,
  type Clock,
  type CursorUpdate,
  type OpenedQueue,
  type QueueOwner,
  type QueuePage,
  type QueuePosition,
  type QueueRead,
} from '../../../src/log/index.js';
import { type Membership, ModelLog, type OrderedEntry } from './model-log.js';

/** What is read of a log: the entries behind `after`. */
interface Stretch {
  readonly log: ModelLog;
  readonly after: number;
}

/** One string for whoever has a cursor of its own. */
export function ownerKey({ clientId, device }: QueueOwner): string {
  return `${clientId}/${device}`;
}

/** Logs, members and cursors. What changes a log gives its feed items to `emit`. */
export class ModelStore {
  readonly logs = new Map<string, ModelLog>();
  private readonly cursors = new Map<string, number>();
  private readonly presence = new Map<string, number>();
  /** Entries that were ever made: the `order` of the next one. */
  published = 0;

  constructor(
    private readonly clock: Clock,
    private readonly queueMax: number,
    private readonly emit: (item: AppendedEntry) => void,
  ) {}

  log(name: string): ModelLog {
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new ModelLog(name);
      this.logs.set(name, log);
    }
    return log;
  }

  cursor(owner: QueueOwner, log: string): number {
    return this.cursors.get(`${ownerKey(owner)}/${log}`) ?? 0;
  }

  publish(name: string, padding: number): void {
    const log = this.log(name);
    if (log.alive) this.emit(log.append(this.entry(this.published % 4 === 0 ? 'news' : 'message', `{"n":${this.published},"content":"${'x'.repeat(padding)}"}`)));
  }

  changeMember(room: string, clientId: string, kind: 'joined' | 'left', silent: boolean): void {
    const log = this.log(room);
    if (!log.alive || (kind === 'joined') === log.members.some((stay) => stay.clientId === clientId)) return;
    const entry = silent ? undefined : this.entry('room_update', `{"event":"client_${kind}","client_id":"${clientId}"}`);
    this.emit(log.append(entry, { kind, clientId }));
    if (kind === 'left') this.forgetCursors(room, clientId);
  }

  createRoom(room: string, members: readonly string[]): void {
    const log = this.log(room);
    if (log.alive) return;
    this.forgetCursors(room);
    this.emit(log.create(members));
  }

  deleteRoom(room: string): void {
    const log = this.log(room);
    if (log.alive) this.emit(log.append(this.entry('room_update', '{"event":"room_deleted"}'), { kind: 'deleted' }));
  }

  openQueue(owner: QueueOwner): OpenedQueue {
    this.log(personalLog(owner.clientId));
    const logs: OpenedQueue['logs'] = [];
    for (const log of this.logs.values()) {
      const stay = log.keptMembership(owner.clientId);
      if (stay === undefined) continue;
      const after = Math.max(this.cursor(owner, log.name), stay.joinedSeq);
      const ended = !log.alive;
      if (!ended || after < log.head) logs.push({ log: log.name, after, head: log.head, memberCount: log.members.length, ...(ended && { ended }) });
    }
    const position = this.presence.get(ownerKey(owner));
    return { logs, known: position !== undefined, presencePosition: position ?? 0 };
  }

  readQueue(owner: QueueOwner, positions: readonly QueuePosition[], limit: number, maxBytes: number): QueueRead {
    const stretches = positions.flatMap((position) => this.locate(owner, position));
    const kept = this.newest(stretches);
    const read: QueueRead = { pages: [], dropped: [] };
    const left = { entries: limit, bytes: maxBytes };
    for (const { log, after } of stretches) {
      const first = log.between(after + 1, log.head).find((entry) => kept.has(entry));
      const cut = first === undefined ? log.head : first.seq - 1;
      const count = log.between(after + 1, cut).length;
      if (count > 0) read.dropped.push({ log: log.name, fromSeq: after + 1, toSeq: cut, count });
      if (left.entries > 0 || count > 0) read.pages.push(readPage(log, cut, left));
    }
    return read;
  }

  saveCursors(updates: readonly CursorUpdate[]): void {
    for (const update of updates) {
      const log = this.logs.get(update.log);
      if (log?.keptMembership(update.clientId) === undefined) continue;
      const seq = Math.max(this.cursor(update, update.log), Math.min(update.seq, log.head));
      this.cursors.set(`${ownerKey(update)}/${update.log}`, seq);
    }
  }

  savePresencePosition(owner: QueueOwner, position: number): void {
    this.presence.set(ownerKey(owner), Math.max(this.presence.get(ownerKey(owner)) ?? 0, position));
  }

  private entry(type: string, data: string): Omit<OrderedEntry, 'seq' | 'incarnation'> {
    return { type, data, at: this.clock.now(), order: this.published++ };
  }

  private locate(owner: QueueOwner, { log: name, after }: QueuePosition): Stretch[] {
    const log = this.logs.get(name);
    const stay: Membership | undefined = log?.keptMembership(owner.clientId);
    if (log === undefined || stay === undefined || log.head <= after) return [];
    return [{ log, after: Math.max(after, stay.joinedSeq) }];
  }

  private newest(stretches: readonly Stretch[]): ReadonlySet<OrderedEntry> {
    const all = stretches.flatMap(({ log, after }) => log.between(after + 1, log.head));
    return new Set(all.sort((a, b) => a.order - b.order).slice(-this.queueMax));
  }

  private forgetCursors(log: string, clientId?: string): void {
    for (const key of this.cursors.keys()) {
      if (key.endsWith(`/${log}`) && (clientId === undefined || key.startsWith(`${clientId}/`))) this.cursors.delete(key);
    }
  }
}

/** Reads what is left of the limits, one entry at least. */
function readPage(log: ModelLog, cut: number, left: { entries: number; bytes: number }): QueuePage {
  const entries: OrderedEntry[] = [];
  for (const entry of log.between(cut + 1, log.head)) {
    if (left.entries <= 0) break;
    entries.push(entry);
    left.entries--;
    left.bytes -= entry.data.length;
    if (left.bytes <= 0) left.entries = 0;
  }
  const last = entries.at(-1)?.seq ?? cut;
  return { log: log.name, entries, through: log.between(last + 1, log.head).length > 0 ? last : log.head };
}

