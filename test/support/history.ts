// What happened in a test, as everybody who took part saw it, for the checker to judge afterwards.
import type { Frame } from './frame.js';

/** Who observes: a client, or one of its devices. Connections of one observer share a position in the orders. */
export interface Observer {
  client: string;
  /** Empty: the position that connections without a device share. */
  device: string;
}

/** What a publisher knows of one attempt. `unknown`: the connection broke before an answer. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** A message that was to be published: each attempt has the same id and content. */
export interface PublishAttempt {
  kind: 'publish';
  /** The message's id, chosen by its publisher. */
  id: string;
  room: string;
  content: string;
  /** Who published, where limits of publishers are judged. */
  publisher?: string;
  outcome: Outcome;
  /** Of an `ok` one. */
  seq?: number;
  /** Of an `ok` one: the message's timestamp (RFC 3339). */
  timestamp?: string;
}

/** One thing that happened. */
export type HistoryEvent =
  /** A room was made; these are members from the beginning of its order. */
  | { kind: 'room'; room: string; members: readonly string[] }
  | PublishAttempt
  | { kind: 'membership'; room: string; client: string; change: 'join' | 'leave'; silent: boolean; outcome: Outcome }
  | { kind: 'connect'; observer: Observer; connection: number }
  | { kind: 'frame'; observer: Observer; connection: number; frame: Frame }
  | { kind: 'disconnect'; observer: Observer; connection: number }
  /** The queue was looked at. */
  | { kind: 'queue'; observer: Observer; size: number }
  /** Nothing is pending for the observer any more, and nothing is published after this. */
  | { kind: 'drained'; observer: Observer }
  /** Something was done to the server or to the network. */
  | { kind: 'fault'; what: string };

/** The order in which one process saw things happen. */
export class History {
  readonly events: HistoryEvent[] = [];
  /** When each was noted, milliseconds since the epoch. */
  readonly times: number[] = [];
  /** How many attempts to publish ended in each way. */
  readonly outcomes: Record<Outcome, number> = { ok: 0, fail: 0, unknown: 0 };
  private connections = 0;

  record(event: HistoryEvent): void {
    this.events.push(event);
    this.times.push(Date.now());
    if (event.kind === 'publish') this.outcomes[event.outcome]++;
  }

  /** Notes a new connection and returns its number. */
  connected(observer: Observer): number {
    const connection = ++this.connections;
    this.record({ kind: 'connect', observer, connection });
    return connection;
  }
}

/** One name for an observer. */
export function observerKey({ client, device }: Observer): string {
  return device === '' ? client : `${client}/${device}`;
}
