// One client's presence, over all its connections.
import type { PresenceStatus } from '../protocol/index.js';

/** Counts a client's connections and what each says of itself. */
export class ClientPresence {
  /** The status that was stored last; undefined when it is not known whether one was. */
  published: PresenceStatus | undefined = 'offline';
  /** How often it became unknown: what was being stored meanwhile may not be what is stored. */
  doubts = 0;
  /** Its status is being stored: until that is done nothing else is said of it, and it is not forgotten. */
  isBeingTold = false;
  /** When its last connection ended; meaningful while it has none. */
  leftAt = 0;
  private readonly connections = new Map<string, 'online' | 'away'>();

  constructor(
    readonly tenant: string,
    readonly clientId: string,
  ) {}

  /** It is not known any more what is stored of it: it is to be said again, whatever that is. */
  doubt(): void {
    this.doubts++;
    this.published = undefined;
  }

  /** A connection says how it is; a new one says `online`. */
  set(connectionId: string, status: 'online' | 'away'): void {
    this.connections.set(connectionId, status);
  }

  /** A connection ended. Returns whether it was the last. */
  remove(connectionId: string, now: number): boolean {
    if (!this.connections.delete(connectionId) || this.connections.size > 0) return false;
    this.leftAt = now;
    return true;
  }

  /** Whether it is connected. */
  get connected(): boolean {
    return this.connections.size > 0;
  }

  /** Online if any connection is; away when all of them are; offline without one. */
  get status(): PresenceStatus {
    if (this.connections.size === 0) return 'offline';
    for (const status of this.connections.values()) if (status === 'online') return 'online';
    return 'away';
  }
}
