// An entry of a log, and how a log is addressed.

/**
 * A log's address: a room's id, or `@` and a client's id for that client's own notifications, inside a tenant.
 * Room ids cannot begin with `@`, so the two never meet.
 */
export interface LogAddress {
  readonly tenant: string;
  readonly log: string;
}

/** The name of the log that holds a client's own notifications. */
export function personalLog(clientId: string): string {
  return `@${clientId}`;
}

/** Whether a log's name is that of a client's own log. */
export function isPersonalLog(log: string): boolean {
  return log.charCodeAt(0) === 0x40;
}

/** One string for an address, as a map's key; ids hold no `/`. */
export function logKey(tenant: string, log: string): string {
  return `${tenant}/${log}`;
}

/** One notification as the log keeps it. */
export interface LogEntry {
  /** 1, 2, 3 …; silent membership changes take numbers too, so a reader may see holes. */
  readonly seq: number;
  /** See `notificationId`. */
  readonly incarnation: number;
  readonly type: string;
  /** The notification's `data`, as JSON text. */
  readonly data: string;
  /** When it was published, in milliseconds since the epoch. */
  readonly at: number;
  /** The trace that it is a part of (W3C Trace Context); absent for one that is not traced, and where the store does not keep it. */
  readonly traceparent?: string;
}

/** A change of a room's membership that took place at an entry. */
export type MembershipChange =
  /** The room is new; these are members from the beginning. Takes no number: `seq` is the head. */
  | { readonly kind: 'created'; readonly members: readonly string[] }
  | { readonly kind: 'joined'; readonly clientId: string }
  | { readonly kind: 'left'; readonly clientId: string }
  /** The room is gone: all have left. */
  | { readonly kind: 'deleted' }
  /**
   * What took place up to `seq` is not known one by one; it takes no number. These clients receive from behind these numbers, or, where
   * there is none, not at all. Others receive as before.
   */
  | { readonly kind: 'resynced'; readonly positions: ReadonlyMap<string, number | undefined> }
  /**
   * The store has lost what stood behind `seq`, though some of it was brought. It takes no number; what comes behind `seq` is new, whoever has seen
   * those numbers before. With a client it concerns only that one, which had left the log by what is lost, or before it.
   */
  | { readonly kind: 'rewound'; readonly clientId?: string };

/** A new entry, as the engine's live feed gives it. */
export interface AppendedEntry extends LogAddress {
  readonly seq: number;
  /** Absent for a silent membership change, which takes a number and notifies nobody. */
  readonly entry?: LogEntry;
  readonly change?: MembershipChange;
  /** Members of the room after this entry; 1 for a client's own log. */
  readonly memberCount: number;
}
