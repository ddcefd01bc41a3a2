// A store in Redis that is filled as a whole, see store-transfer.interface.ts.
import type { Clock } from '../../log/index.js';
import type { Claim, LogRecords, StoredLog, StoreImport, StoreRecords } from '../store-transfer.interface.js';
import { CHANGE_ACCESS } from './access-store.js';
import * as importScripts from './import-scripts.js';
import { LogImport } from './log-import.js';
import { BEGIN, READ } from './log-scripts.js';
import { RAISE_POSITION } from './presence-scripts.js';
import { RedisAccess } from './redis-access.js';
import { RedisConnection } from './redis-connection.js';
import type { RedisEngineOptions } from './redis-engine.options.js';
import { RedisKeys } from './redis-keys.js';
import { requireSuitable } from './redis-requirements.js';
import { FILLING, StoreBeginning } from './store-beginning.js';
import { StoreRecordsImport } from './store-records-import.js';
import { Topology } from './topology.js';

const SCRIPTS = [...Object.values(importScripts), BEGIN, CHANGE_ACCESS, RAISE_POSITION, READ];

/** The place, and how long things are kept there. */
export type RedisImportOptions = Pick<RedisEngineOptions, 'url' | 'tls' | 'prefix' | 'queueTtlSeconds' | 'idempotencyTtlSeconds' | 'queueMaxPerClient' | 'replication'>;

/** Fills a store in Redis. */
export class RedisImport implements StoreImport {
  readonly place: string;
  private readonly keys: RedisKeys;
  private readonly topology: Topology;
  private readonly redis: RedisConnection;
  private readonly beginning: StoreBeginning;
  private readonly logs: LogImport;
  private readonly others: StoreRecordsImport;

  constructor(
    private readonly options: RedisImportOptions,
    clock: Clock,
    onError: (error: Error) => void,
  ) {
    const access = new RedisAccess(options.url, options.tls);
    const retention = { max: options.queueMaxPerClient, ttlMs: options.queueTtlSeconds * 1000, idempotencyTtlMs: options.idempotencyTtlSeconds * 1000 };
    this.place = `${access.addresses.join(',')}${access.database === 0 ? '' : `/${access.database}`}, prefix "${options.prefix}"`;
    this.keys = new RedisKeys(options.prefix);
    this.topology = new Topology(access, onError);
    this.redis = new RedisConnection(access, this.topology, onError, options.replication);
    this.beginning = new StoreBeginning(this.redis, this.keys);
    this.logs = new LogImport(this.redis, this.keys, retention, clock.now());
    this.others = new StoreRecordsImport(this.redis, this.keys);
  }

  async open(): Promise<void> {
    await this.topology.open();
    await this.redis.open(SCRIPTS);
    requireSuitable(await this.redis.info());
  }

  async claim(identity: string): Promise<Claim> {
    const noted = await this.beginning.fill();
    if (noted === FILLING) {
      const isFirst = (await this.redis.commandSafely<string | null>('SET', this.keys.migration, identity, 'NX')) !== null;
      if (isFirst) return 'empty';
    }
    const source = await this.redis.command<string | null>('GET', this.keys.migration);
    if (source === identity) return noted === FILLING ? 'interrupted' : 'finished';
    const what = noted === FILLING ? 'is being filled, or was half filled, from another store' : 'has a store of its own';
    throw new Error(`The Redis at ${this.place} ${what}: nothing was changed. Name an empty Redis or another REDIS_PREFIX, or delete what begins with "${this.options.prefix}:" if nobody needs it.`);
  }

  startLog(log: StoredLog, isContinued: boolean): Promise<void> {
    return this.logs.start(log, isContinued);
  }

  async addTo<K extends keyof LogRecords>(kind: K, log: StoredLog, page: readonly LogRecords[K][]): Promise<void> {
    await this.logs.add[kind](log, page);
  }

  async add<K extends keyof StoreRecords>(kind: K, page: readonly StoreRecords[K][], isContinued: boolean): Promise<void> {
    await this.others.add[kind](page, isContinued);
  }

  finish(isFresh: boolean): Promise<void> {
    return this.beginning.filled(isFresh);
  }

  readLog(log: StoredLog): Promise<StoredLog | undefined> {
    return this.logs.readState(log);
  }

  readBackOf<K extends keyof LogRecords>(kind: K, log: StoredLog, page: readonly LogRecords[K][], previous: LogRecords[K] | undefined): Promise<LogRecords[K][]> {
    return this.logs.read[kind](log, page, previous);
  }

  countOthers<K extends keyof LogRecords>(kind: K, log: StoredLog, found: number, last: LogRecords[K] | undefined): Promise<number> {
    return this.logs.countOthers(kind, log, found, last);
  }

  readBack<K extends keyof StoreRecords>(kind: K, page: readonly StoreRecords[K][]): Promise<StoreRecords[K][]> {
    return this.others.read[kind](page);
  }

  async close(): Promise<void> {
    this.topology.close();
    await this.redis.close();
  }
}
