// The id of an event: what a client has received, as a text that it gives back in `Last-Event-ID`.
import { notificationId } from '../protocol/index.js';
import type { ReceivedEntry, ReceivedPositions, ReceivedStatus } from '../log/index.js';

/** Stands before a status: no log's name begins with it. */
const STATUS_MARK = '~';

/** A notification's id (`notificationId`): log, incarnation if it is not 0, number. */
const ENTRY = /^(@?[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}):(?:(\d{1,15})-)?(\d{1,15})$/;

/** A client, and the position of its status. */
const STATUS = /^~([A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}):(\d{1,15})$/;

/** The newest of one log, or of all statuses: what it is the newest of, and how it stands in an id. */
export interface Position {
  readonly of: string;
  readonly text: string;
}

/** The position of a notification, by the `type` and `id` that its frame shows. */
export function positionOf(type: string, id: string): Position {
  if (type === 'client_status') return { of: STATUS_MARK, text: STATUS_MARK + id.slice(id.indexOf(':') + 1) };
  return { of: id.slice(0, id.lastIndexOf(':')), text: id };
}

/**
 * The ids of one connection's events. Each holds the newest notification of every log that has brought something, comma-separated, the one that moved last
 * first: so it says by itself, to any server, where delivery goes on. What would make it too long is left out at its end, and comes again if it has not been
 * acknowledged otherwise.
 */
export class EventIds {
  /** The one that moved last is last. */
  private readonly positions = new Map<string, string>();
  private bytes = 0;

  /** @param maxBytes SSE_EVENT_ID_MAX_BYTES */
  constructor(private readonly maxBytes: number) {}

  /** The client has these already. */
  begin({ entries, status }: ReceivedPositions): void {
    for (const [log, { incarnation, seq }] of [...entries].reverse()) this.move({ of: log, text: notificationId(log, incarnation, seq) });
    if (status !== undefined) this.move({ of: STATUS_MARK, text: `${STATUS_MARK}${status.clientId}:${status.position}` });
  }

  /** Something was written; returns the id of the event that ends with it. */
  move({ of, text }: Position): string {
    const { positions } = this;
    this.remove(of);
    positions.set(of, text);
    this.bytes += text.length + 1;
    // The newest one stays, whatever it takes.
    for (const oldest of positions.keys()) {
      if (this.bytes <= this.maxBytes + 1 || positions.size === 1) break;
      this.remove(oldest);
    }
    return positions.size === 1 ? text : [...positions.values()].reverse().join(',');
  }

  private remove(of: string): void {
    const text = this.positions.get(of);
    if (text === undefined) return;
    this.positions.delete(of);
    this.bytes -= text.length + 1;
  }
}

/** What an id says; what cannot be read of it says nothing, and is delivered again. */
export function readEventId(id: string): ReceivedPositions {
  const entries = new Map<string, ReceivedEntry>();
  let status: ReceivedStatus | undefined;
  for (const text of id.split(',')) {
    const entry = ENTRY.exec(text.trim());
    if (entry !== null && !entries.has(entry[1])) entries.set(entry[1], { incarnation: Number(entry[2] ?? 0), seq: Number(entry[3]) });
    const told = STATUS.exec(text.trim());
    if (told !== null) status ??= { clientId: told[1], position: Number(told[2]) };
  }
  return { entries, status };
}
