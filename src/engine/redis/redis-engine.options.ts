// What a Redis engine is made with.
import type { TlsFiles } from './redis-access.js';
import type { ConnectionLimit } from './redis-connection-places.js';
import type { Replication } from './redis-server.js';

/** Where the store is, and what it keeps. */
export interface RedisEngineOptions {
  /** `redis://` or `rediss://`, with user and password where they are needed; of several Sentinels, or nodes of a cluster, comma-separated. */
  url: string;
  /** For `rediss://`. */
  tls?: TlsFiles;
  /** Stands before every key. */
  prefix: string;
  /** Entries kept of a log, and notifications of a queue. */
  queueMaxPerClient: number;
  /** How long they are kept, in seconds. */
  queueTtlSeconds: number;
  /** How long an idempotency id is remembered, in seconds. */
  idempotencyTtlSeconds: number;
  /** How many others have to have what is written; none when absent. */
  replication?: Replication;
  /** Rooms with more members are not told of presence. */
  presenceMaxRoomSize: number;
  /** The window of rate limits, in seconds. */
  rateLimitWindowSeconds: number;
  /** How many connections a client may have; none are counted when absent. */
  connectionLimit?: ConnectionLimit;
  /** Told Redis's time every few seconds: what it said at some time within the last `elapsedMs`, in milliseconds since the epoch. */
  onTime?: (said: number, elapsedMs: number) => void;
}

/** How long and how much is kept, as scripts take it. */
export interface Retention {
  readonly max: number;
  readonly ttlMs: number;
  readonly idempotencyTtlMs: number;
}
