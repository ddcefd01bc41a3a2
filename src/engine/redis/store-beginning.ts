// At which server the store began: as long as it is there still, nothing can have been lost.
import { BEGIN } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Read once: what is read later may be what another server has kept. */
export class StoreBeginning {
  /** The server's `run_id`. */
  server = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  async read(): Promise<void> {
    this.server = await this.redis.run<string>(BEGIN, [this.keys.beginning], []);
  }
}
