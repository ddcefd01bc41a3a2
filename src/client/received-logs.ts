// What has come of each room: to know repeated notifications, and numbers that are missing.
import type { AnyNotification, Gap } from './client-events.js';

/** What is known of one log: a room's, or the client's own. */
interface Log {
  /** What the ids begin with; another one in a log that was made anew. */
  prefix: string;
  /** The newest number. */
  seq: number;
  /** The connection that brought it. */
  connection: number;
  ids: Set<string>;
  /** Up to this number ids have been forgotten: whatever comes of it has come before, since numbers only rise. */
  forgotten: number;
}

/** The log that a notification belongs to, and acknowledgements name: what stands in its id before the last colon. */
export function logOf({ id, seq }: AnyNotification): string {
  return seq === undefined ? '' : id.slice(0, id.lastIndexOf(':'));
}

/** Bounded: of each log the newest ids, and of the logs those that were heard of last. */
export class ReceivedLogs {
  /** The one that was quiet for longest comes first. */
  private readonly logs = new Map<string, Log>();
  private total = 0;

  constructor(
    private readonly maxPerLog: number,
    private readonly max: number,
  ) {}

  /** Whether it has been kept before. */
  has(notification: AnyNotification): boolean {
    const { id, seq = Infinity } = notification;
    const log = this.logs.get(logOf(notification));
    return log !== undefined && (log.ids.has(id) || (seq <= log.forgotten && log.prefix === prefixOf(notification)));
  }

  /** The numbers that are missing in front of it. */
  gap(notification: AnyNotification, connection: number): Gap | undefined {
    const room = logOf(notification);
    const log = this.logs.get(room);
    const { seq = 0 } = notification;
    if (log?.prefix !== prefixOf(notification) || seq <= log.seq + 1) return undefined;
    return { room, after: log.seq, before: seq, missing: seq - log.seq - 1, reconnected: connection !== log.connection };
  }

  /** Remembers it. */
  keep(notification: AnyNotification, connection: number): void {
    const name = logOf(notification);
    const { id, seq = 0 } = notification;
    const prefix = prefixOf(notification);
    const log = this.logs.get(name) ?? { prefix, seq, connection, ids: new Set(), forgotten: 0 };
    if (log.prefix !== prefix) Object.assign(log, { prefix, seq, forgotten: 0 });
    log.seq = Math.max(log.seq, seq);
    log.connection = connection;
    log.ids.add(id);
    this.total++;
    this.logs.delete(name);
    this.logs.set(name, log);
    this.forget(log);
  }

  /** Numbers of a log up to this one were dropped, and that has been told: they are not missing. */
  dropped(room: string, through: number): void {
    const log = this.logs.get(room);
    if (log !== undefined) log.seq = Math.max(log.seq, through);
  }

  private forget(log: Log): void {
    if (log.ids.size > this.maxPerLog) {
      const [oldest] = log.ids;
      log.ids.delete(oldest);
      this.total--;
      // One of an earlier log of that name has another prefix, and is no number.
      if (oldest.startsWith(log.prefix)) log.forgotten = Math.max(log.forgotten, Number(oldest.slice(log.prefix.length)) || 0);
    }
    for (const [name, { ids }] of this.logs) {
      if (this.total <= this.max) return;
      this.total -= ids.size;
      this.logs.delete(name);
    }
  }
}

/** The id without its number; empty for a notification without one. */
function prefixOf({ id, seq }: AnyNotification): string {
  return seq === undefined ? '' : id.slice(0, id.length - String(seq).length);
}
