// At which servers the store began: as long as all of them are there still, nothing can have been lost.
import { BEGIN } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Read once: what is read later may be what another server has kept. */
export class StoreBeginning {
  /** Their `run_id`s; none when one of them is another by now, since a log can be made anew at any of them. */
  servers = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  async read(): Promise<void> {
    const present = await this.present();
    this.servers = await this.redis.run<string>(BEGIN, [this.keys.beginning], [present.join(' ')]);
    await this.check(present);
    // Whoever has been away may be another one now.
    this.redis.onReturn(() => void this.check().catch(() => (this.servers = '')));
  }

  private async check(present?: readonly string[]): Promise<void> {
    const found = present ?? (await this.present());
    if (found.some((server) => !this.servers.includes(server))) this.servers = '';
  }

  private async present(): Promise<string[]> {
    return (await this.redis.info()).map((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '').sort();
  }
}
