// How far connections have been written to, for receipts.

/** The injection token of whoever knows. */
export const SentPositions = Symbol('SentPositions');

/** What cursors do not tell: written, and not acknowledged yet. */
export interface SentPositions {
  /** Whether an entry was written to a connection of the client that is open now. */
  isSent(tenant: string, clientId: string, log: string, seq: number): boolean;
  /** Stores the cursors that were raised, so that what is read next is fresh. */
  flushCursors(): Promise<void>;
}
