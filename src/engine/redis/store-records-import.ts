// What is moved here beside the logs, and what is there of it afterwards.
import type { AccessChange, BanRecord, RevocationRecord } from '../delivery-engine.interface.js';
import type { StoreRecords } from '../store-transfer.interface.js';
import { BANS, banField, CHANGE_ACCESS, REVOCATIONS, revocationField } from './access-store.js';
import { ADD_OUTBOX, ADD_PRESENCE, OUTBOX_OF, PRESENCE_OF } from './import-scripts.js';
import { toPresenceRecord } from './presence-feed.js';
import { RAISE_POSITION } from './presence-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Answers for clients that were connected when the store was left, like a process that has ended: the first server takes them over. */
const FORMER_NODE = 'migrated';

/** Of messages to others whose destination nobody asks for any more, ms. */
const OUTBOX_KEPT_MS = 7 * 86_400_000;

type Page<K extends keyof StoreRecords> = readonly StoreRecords[K][];
type Add = { [K in keyof StoreRecords]: (page: Page<K>, isContinued: boolean) => Promise<unknown> };
type Read = { [K in keyof StoreRecords]: (page: Page<K>) => Promise<StoreRecords[K][]> };

/** The records that have a name in common, which stand side by side. */
function grouped<T>(page: readonly T[], nameOf: (record: T) => string): [name: string, records: T[]][] {
  const groups: [string, T[]][] = [];
  for (const record of page) {
    const newest = groups.at(-1);
    const name = nameOf(record);
    if (newest?.[0] === name) newest[1].push(record);
    else groups.push([name, [record]]);
  }
  return groups;
}

/** The records of each tenant. */
function byTenant<T extends { readonly tenant: string }>(page: readonly T[]): [tenant: string, records: T[]][] {
  return grouped(page, ({ tenant }) => tenant);
}

/** Writes and reads what is no log's. */
export class StoreRecordsImport {
  /** What puts a page of each kind there. */
  readonly add: Add = {
    devices: (page) =>
      Promise.all(page.map(({ tenant, clientId, device, position }) => this.redis.runSafely(RAISE_POSITION, [this.keys.devicesOf(tenant, clientId)], [device, position]))),
    presence: (page, isContinued) =>
      Promise.all(
        byTenant(page).map(async ([tenant, records]) => {
          const args = records.flatMap(({ clientId, status, lastSeen, position }) => [clientId, status, lastSeen, position]);
          await this.redis.commandSafely('SADD', this.keys.tenants, tenant);
          await this.redis.commandSafely('ZADD', this.keys.leases, 0, FORMER_NODE);
          const keys = [...this.keys.presence(tenant), this.keys.presentAt(tenant, FORMER_NODE)];
          await this.redis.runSafely(ADD_PRESENCE, keys, [FORMER_NODE, isContinued ? 1 : 0, ...args]);
        }),
      ),
    bans: (page) => Promise.all(page.map((ban) => this.changeAccess(BANS, banField(ban), ban, { kind: 'banned', ban }))),
    revocations: (page) =>
      Promise.all(page.map((revocation) => this.changeAccess(REVOCATIONS, revocationField(revocation), revocation, { kind: 'revoked', revocation }))),
    outbox: (page) =>
      Promise.all(
        grouped(page, ({ destination }) => destination).map(([destination, messages]) => {
          const args = messages.flatMap(({ id, body, addedAt, dueAt, attempts }) => [id, body, addedAt, dueAt, attempts]);
          return this.redis.runSafely(ADD_OUTBOX, this.keys.outbox(destination), [OUTBOX_KEPT_MS, ...args]);
        }),
      ),
    untold: (page) => Promise.all(page.map(({ tenant, clientId, position }) => this.redis.commandSafely('ZADD', this.keys.untoldPresence(tenant), position, clientId))),
  };

  /** What is there in place of a page. */
  readonly read: Read = {
    devices: async (page) => {
      const found = await Promise.all(page.map(({ tenant, clientId, device }) => this.redis.command<string | null>('HGET', this.keys.devicesOf(tenant, clientId), device)));
      return page.flatMap((record, i) => (found[i] === null ? [] : [{ ...record, position: Number(found[i]) }]));
    },
    presence: async (page) => {
      const found = await Promise.all(
        byTenant(page).map(async ([tenant, records]) => {
          const texts = await this.redis.run<(string | null)[]>(PRESENCE_OF, this.keys.presence(tenant), records.map(({ clientId }) => clientId));
          return records.flatMap(({ clientId }, i) => {
            const text = texts[i];
            return text === null ? [] : [{ tenant, ...toPresenceRecord(clientId, text) }];
          });
        }),
      );
      return found.flat();
    },
    bans: (page) => this.readAccess(BANS, page.map(banField)),
    revocations: (page) => this.readAccess(REVOCATIONS, page.map(revocationField)),
    outbox: async (page) => {
      const found = await Promise.all(
        grouped(page, ({ destination }) => destination).map(async ([destination, messages]) => {
          const replies = await this.redis.run<([string, string, string, string] | null)[]>(OUTBOX_OF, this.keys.outbox(destination), messages.map(({ id }) => id));
          return messages.flatMap(({ id }, i) => {
            const [body, addedAt, dueAt, attempts] = replies[i] ?? [];
            return body === undefined ? [] : [{ destination, id, body, addedAt: Number(addedAt), dueAt: Number(dueAt), attempts: Number(attempts) }];
          });
        }),
      );
      return found.flat();
    },
    untold: async (page) => {
      const found = await Promise.all(page.map(({ tenant, clientId }) => this.redis.command<string | number | null>('ZSCORE', this.keys.untoldPresence(tenant), clientId)));
      return page.flatMap((record, i) => (found[i] === null ? [] : [{ ...record, position: Number(found[i]) }]));
    },
  };

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  private changeAccess(place: number, field: string, record: BanRecord | RevocationRecord, change: AccessChange): Promise<unknown> {
    return this.redis.runSafely(CHANGE_ACCESS, this.keys.access, [place, field, JSON.stringify(record), JSON.stringify(change)]);
  }

  private async readAccess<T>(place: number, fields: readonly string[]): Promise<T[]> {
    const hash = this.keys.access[place - 1];
    const found = await Promise.all(fields.map((field) => this.redis.command<string | null>('HGET', hash, field)));
    return found.filter((text) => text !== null).map((text) => JSON.parse(text) as T);
  }
}
