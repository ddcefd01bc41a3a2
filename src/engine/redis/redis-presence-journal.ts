// Changes of presence that are to be told to others: of each tenant on the slot of its presence, so that they are noted by the script that stores them.
import type { JournaledChange, PendingPresence, PresenceJournal } from '../presence-journal.interface.js';
import { toPresenceRecord } from './presence-feed.js';
import { READ_UNTOLD, SETTLE_TOLD } from './presence-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Carries out the calls of PresenceJournal. */
export class RedisPresenceJournal implements PresenceJournal {
  private isKept = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  keep(): Promise<void> {
    this.isKept = true;
    return Promise.resolve();
  }

  /** Where the script that stores a tenant's presence notes changes; nowhere when none are to be noted. */
  keysOf(tenant: string): string[] {
    return this.isKept ? [this.keys.untoldPresence(tenant)] : [];
  }

  async pending(limit: number): Promise<PendingPresence[]> {
    const found: PendingPresence[] = [];
    for (const tenant of await this.redis.command<string[]>('SMEMBERS', this.keys.tenants)) {
      if (found.length >= limit) break;
      found.push(...(await this.pendingOf(tenant, limit - found.length)));
    }
    return found;
  }

  async settle(tenant: string, changes: readonly JournaledChange[]): Promise<void> {
    const args = changes.flatMap(({ clientId, position }) => [clientId, position]);
    if (args.length > 0) await this.redis.run(SETTLE_TOLD, [...this.keys.presence(tenant), this.keys.untoldPresence(tenant)], args);
  }

  private async pendingOf(tenant: string, limit: number): Promise<PendingPresence[]> {
    const reply = await this.redis.run<string[]>(READ_UNTOLD, [...this.keys.presence(tenant), this.keys.untoldPresence(tenant)], [limit]);
    const found: PendingPresence[] = [];
    for (let i = 0; i < reply.length; i += 3) {
      const { clientId, status, lastSeen } = toPresenceRecord(reply[i], reply[i + 2]);
      found.push({ tenant, clientId, position: Number(reply[i + 1]), status, lastSeen });
    }
    return found;
  }
}
