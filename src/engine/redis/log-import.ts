// Logs that are moved here with everything in them, and what is there of them afterwards.
import type { LogRecords, StoredLog } from '../store-transfer.interface.js';
import { ADD_CURSORS, ADD_ENTRIES, ADD_MEMBERS, ADD_SILENT, COUNT, CURSORS_OF, MEMBERS_OF, START_LOG } from './import-scripts.js';
import { READ } from './log-scripts.js';
import { toEntry, UNBOUNDED, type EntryReply } from './log-store.js';
import type { RedisConnection } from './redis-connection.js';
import type { Retention } from './redis-engine.options.js';
import type { RedisKeys } from './redis-keys.js';

/** What has fallen out is not given out any more, whenever Redis forgets it: not while it is being compared, ms. */
const FORGOTTEN_LATER_MS = 60 * 60 * 1000;

type Page<K extends keyof LogRecords> = readonly LogRecords[K][];
type Read = { [K in keyof LogRecords]: (log: StoredLog, page: Page<K>, previous: LogRecords[K] | undefined) => Promise<LogRecords[K][]> };
type Add = { [K in keyof LogRecords]: (log: StoredLog, page: Page<K>) => Promise<unknown> };

/** Writes and reads logs, at one time: what has fallen out by then does not count. */
export class LogImport {
  /** What puts a page of each kind there. */
  readonly add: Add = {
    members: async (log, page) => {
      const listed = page.map(({ clientId }) => this.redis.commandSafely('ZADD', this.keys.roomsOf(log.tenant, clientId), 0, log.log));
      await Promise.all([...listed, this.run(ADD_MEMBERS, log, page.flatMap(({ clientId, joinedSeq, joinedAt }) => [clientId, joinedSeq, joinedAt]))]);
    },
    cursors: (log, page) =>
      this.run(ADD_CURSORS, log, page.flatMap(({ clientId, device, seq, at, clientSeq, clientAt, droppedFrom, droppedTo }) => [clientId, device, seq, at, clientSeq, clientAt, droppedFrom, droppedTo])),
    entries: (log, page) => {
      const newest = Math.max(...page.map(({ at }) => at));
      const args = page.flatMap(({ seq, incarnation, type, data, at }) => [seq, incarnation, type, data, at]);
      return this.run(ADD_ENTRIES, log, [this.leftOf(newest, this.retention.ttlMs), log.room?.memberCount ?? 1, ...args]);
    },
    silent: (log, page) => this.run(ADD_SILENT, log, [log.room?.memberCount ?? 1, ...page.flatMap(({ seq, at }) => [seq, at])]),
    idempotency: (log, page) =>
      Promise.all(
        page.map(({ sender, id, seq, incarnation, at }) => {
          const key = this.keys.idempotency(log.tenant, log.log, sender, id);
          return this.redis.commandSafely('SET', key, `${seq}:${incarnation}:${at}`, 'PX', this.leftOf(at, this.retention.idempotencyTtlMs));
        }),
      ),
  };

  /** What is there in place of a page. */
  readonly read: Read = {
    members: async (log, page) => {
      const listed = page.map(({ clientId }) => this.redis.command<string | null>('ZSCORE', this.keys.roomsOf(log.tenant, clientId), log.log));
      const found = await this.redis.run<([number, number] | null)[]>(MEMBERS_OF, this.keys.log(log.tenant, log.log), page.map(({ clientId }) => clientId));
      const isListed = await Promise.all(listed);
      return page.flatMap(({ clientId }, i) => {
        const [joinedSeq, joinedAt] = found[i] ?? [];
        return joinedSeq === undefined || joinedAt === undefined || isListed[i] === null ? [] : [{ clientId, joinedSeq, joinedAt }];
      });
    },
    cursors: async (log, page) => {
      const asked = page.flatMap(({ clientId, device }) => [clientId, device]);
      const found = await this.redis.run<([number, number, number, number, number?, number?] | null)[]>(CURSORS_OF, this.keys.log(log.tenant, log.log), asked);
      return page.flatMap(({ clientId, device }, i) => {
        if (found[i] === null) return [];
        const [seq, at, clientSeq, clientAt, droppedFrom = 0, droppedTo = 0] = found[i];
        return [{ clientId, device, seq, at, clientSeq, clientAt, droppedFrom, droppedTo }];
      });
    },
    entries: (log, page, previous) => this.readEntries(log, previous?.seq ?? 0, page.length),
    silent: (log, page, previous) => this.readSilent(log, previous?.seq ?? 0, page.length),
    idempotency: async (log, page) => {
      const found = await Promise.all(page.map(({ sender, id }) => this.redis.command<string | null>('GET', this.keys.idempotency(log.tenant, log.log, sender, id))));
      return page.flatMap(({ sender, id }, i) => {
        const [seq, incarnation, at] = (found[i] ?? '').split(':').map(Number);
        return found[i] === null ? [] : [{ sender, id, seq, incarnation, at }];
      });
    },
  };

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly retention: Retention,
    private readonly now: number,
  ) {}

  async start({ tenant, log, head, incarnation, room }: StoredLog, isContinued: boolean): Promise<void> {
    const properties = room === undefined ? ['', '', ''] : [room.memberCount, JSON.stringify({ name: room.name, metadata: room.metadata }), room.createdAt];
    await this.redis.runSafely(START_LOG, this.keys.log(tenant, log), [head, incarnation, isContinued ? 1 : 0, ...properties, room?.deletedAt ?? '']);
    if (room?.deletedAt === null) await this.redis.commandSafely('ZADD', this.keys.rooms(tenant), 0, log);
  }

  /** The log, if it is listed among the rooms when it has to be. */
  async readState({ tenant, log }: StoredLog): Promise<StoredLog | undefined> {
    const [fields, listed] = await Promise.all([
      this.redis.command<(string | null)[]>('HMGET', this.keys.logState(tenant, log), 'head', 'inc', 'n', 'props', 'created', 'deleted'),
      this.redis.command<string | null>('ZSCORE', this.keys.rooms(tenant), log),
    ]);
    const [head, incarnation, memberCount, properties, createdAt, deletedAt] = fields;
    if (head === null) return undefined;
    const state = { tenant, log, head: Number(head), incarnation: Number(incarnation) };
    if (memberCount === null) return state;
    if ((deletedAt === null) !== (listed !== null)) return undefined;
    const { name, metadata } = JSON.parse(properties ?? '{}') as Pick<NonNullable<StoredLog['room']>, 'name' | 'metadata'>;
    return { ...state, room: { name, metadata, createdAt: Number(createdAt), memberCount: Number(memberCount), deletedAt: deletedAt === null ? null : Number(deletedAt) } };
  }

  /** How many records there are beside those that were found; of those in order, whether there are more behind the last. */
  async countOthers<K extends keyof LogRecords>(kind: K, log: StoredLog, found: number, last: LogRecords[K] | undefined): Promise<number> {
    const after = (last as { readonly seq?: number } | undefined)?.seq ?? 0;
    if (kind === 'entries') return (await this.readEntries(log, after, 1)).length;
    if (kind === 'silent') return (await this.readSilent(log, after, 1)).length;
    if (kind === 'idempotency') return 0;
    const [members, cursors] = await this.redis.run<[number, number]>(COUNT, this.keys.log(log.tenant, log.log), []);
    return Math.max(0, (kind === 'members' ? members : cursors) - found);
  }

  private async readEntries({ tenant, log }: StoredLog, after: number, limit: number): Promise<LogRecords['entries'][]> {
    const args = [after, limit, this.now - this.retention.ttlMs, UNBOUNDED];
    const [, , found] = await this.redis.run<[number, number, EntryReply[]]>(READ, this.keys.log(tenant, log), args);
    return found.map(toEntry);
  }

  private async readSilent({ tenant, log }: StoredLog, after: number, limit: number): Promise<LogRecords['silent'][]> {
    const [, , , , , silent] = this.keys.log(tenant, log);
    const found = await this.redis.command<string[]>('ZRANGE', silent, `(${after}`, '+inf', 'BYSCORE', 'LIMIT', 0, limit);
    return found.map((text) => {
      const [seq, at] = text.split(':').map(Number);
      return { seq, at };
    });
  }

  private run(script: string, { tenant, log }: StoredLog, args: readonly (string | number)[]): Promise<unknown> {
    return this.redis.runSafely(script, this.keys.log(tenant, log), args);
  }

  private leftOf(at: number, ttlMs: number): number {
    return at + ttlMs - this.now + FORGOTTEN_LATER_MS;
  }
}
