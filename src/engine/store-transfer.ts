// The two ends of moving a store, made from the settings.
import type { Settings } from '../config/index.js';
import type { Clock } from '../log/index.js';
import { EmbeddedExport } from './embedded/index.js';
import { embeddedOptions, redisOptions } from './engine-options.js';
import type { StoreExport, StoreImport } from './store-transfer.interface.js';

/**
 * The embedded store in DATA_DIR, for as long as it is not closed.
 *
 * @throws Error naming the cure when there is none, another process has it, or another version has written it
 */
export function openExport(settings: Settings, clock: Clock): StoreExport {
  return new EmbeddedExport(embeddedOptions(settings), clock);
}

/**
 * The store at REDIS_URL; to be opened. Told what goes wrong between servers and this process.
 *
 * @throws Error when REDIS_URL cannot be understood
 */
export async function createImport(settings: Settings, clock: Clock, onError: (error: Error) => void): Promise<StoreImport> {
  const { RedisImport } = await import('./redis/index.js');
  return new RedisImport(redisOptions(settings), clock, onError);
}
