// Which changes of presence are to be told to others and were not yet: an ability that an engine may have.
import type { PresenceStatus } from '../protocol/index.js';

/** Which change of whom. */
export interface JournaledChange {
  readonly clientId: string;
  /** Its place among all of the tenant's. */
  readonly position: number;
}

/** A change that is not settled, and how the client is now. */
export interface PendingPresence extends JournaledChange {
  readonly tenant: string;
  readonly status: PresenceStatus;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}

/**
 * Notes that clients come or go (from `offline` to anything else, or back) in the same step in which `savePresence` stores it, until somebody says that it was told: whatever
 * process dies in between, another one finds it. Of a client that comes and goes several times the newest is noted.
 *
 * @publicApi
 */
export interface PresenceJournal {
  /** What this process stores is noted from now on. */
  keep(): Promise<void>;
  /** What any process has noted, up to `limit`. */
  pending(limit: number): Promise<PendingPresence[]>;
  /** These were told. Newer changes of the same clients stay noted. */
  settle(tenant: string, changes: readonly JournaledChange[]): Promise<void>;
}
