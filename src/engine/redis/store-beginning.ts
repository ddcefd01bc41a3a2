// At which servers the store began: as long as all of them are there still, nothing can have been lost.
import { BEGIN } from './log-scripts.js';
import { type RedisConnection, runIdOf } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Stands in place of servers while a store is being moved here: no process may work on it. */
export const FILLING = 'filling';
/** Stands there when names may have been in use that nothing is left of: logs are made as at another server. */
export const CONTINUED = 'continued';

/** Read once: what is read later may be what another server has kept. */
export class StoreBeginning {
  /** Their `run_id`s; none when one of them is another by now, since a log can be made anew at any of them. */
  servers = '';

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  /** @throws Error naming the cure when the store is not wholly there yet */
  async read(): Promise<void> {
    const present = await this.present();
    this.servers = await this.noted(present.join(' '));
    if (this.servers === FILLING) {
      throw new Error('`chatapi migrate` is filling the store in this Redis, or was interrupted while it did: let it end, or run it again to its end.');
    }
    await this.check(present);
    // Whoever has been away may be another one now.
    this.redis.onReturn(() => void this.check().catch(() => (this.servers = '')));
  }

  /** Notes that the store is being filled, unless it began already; returns what is noted. */
  fill(): Promise<string> {
    return this.noted(FILLING);
  }

  /** The store is filled. `isFresh`: logs that are not there have never been there, so the store begins here. */
  async filled(isFresh: boolean): Promise<void> {
    await this.redis.commandSafely('SET', this.keys.beginning, isFresh ? (await this.present()).join(' ') : CONTINUED);
  }

  private noted(text: string): Promise<string> {
    return this.redis.run<string>(BEGIN, [this.keys.beginning], [text]);
  }

  private async check(present?: readonly string[]): Promise<void> {
    const found = present ?? (await this.present());
    if (found.some((server) => !this.servers.includes(server))) this.servers = '';
  }

  private async present(): Promise<string[]> {
    return (await this.redis.info()).map((info) => runIdOf(info) ?? '').sort();
  }
}
