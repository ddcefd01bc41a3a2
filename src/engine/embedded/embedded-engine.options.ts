// What the embedded engine is told at its making.
import { personalLog } from '../../log/index.js';
import type { StoreSettings } from './store-operation.js';

/**
 * When a write counts as done. `fsync`: its commit is on disk. `os`: its commit is handed to the operating system,
 * which survives a killed process and not a power cut.
 */
export type Durability = 'fsync' | 'os';

/** The embedded engine's settings. */
export interface EmbeddedEngineOptions {
  /** The store's directory; made, for its owner alone, when it is missing. One engine at a time (DATA_DIR). */
  dataDir: string;
  /** DURABILITY. */
  durability: Durability;
  /** Notifications kept in a log and for a client (QUEUE_MAX_PER_CLIENT). */
  queueMaxPerClient: number;
  /** Notifications older than so many seconds are dropped (QUEUE_TTL_SECONDS). */
  queueTtlSeconds: number;
  /** For so many seconds a repeated idempotency id is answered with the first result (IDEMPOTENCY_TTL_SECONDS). */
  idempotencyTtlSeconds: number;
  /**
   * The largest size of the database file, in bytes; past it writes are refused with `STORE_FULL`. The write-ahead
   * log beside it takes a few megabytes more.
   *
   * @defaultValue 0, no limit but the disk's
   */
  maxStoreBytes?: number;
  /**
   * Called once when the store has failed for good: what was written last may not be on disk. Everything pending and
   * later is refused with `STORE_UNAVAILABLE`; the process should end and be started anew.
   */
  onFatal?: (cause: Error) => void;
}

/** The same as the store takes it. */
export function storeSettings(options: EmbeddedEngineOptions): StoreSettings {
  return {
    dataDir: options.dataDir,
    durability: options.durability,
    queueMaxPerClient: options.queueMaxPerClient,
    queueTtlMs: options.queueTtlSeconds * 1000,
    idempotencyTtlMs: options.idempotencyTtlSeconds * 1000,
    maxStoreBytes: options.maxStoreBytes ?? 0,
    personalPrefix: personalLog(''),
  };
}
