// Three servers over one Redis.
import { withClockAhead } from '../../support/clock-ahead.js';
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';

/** What a test has of them. */
export class ThreeNodes {
  readonly redis: RedisProcess;
  readonly nodes: ServerProcess[] = [];

  /** @param durable whether Redis keeps every write, or what `SAVE` keeps */
  constructor(durable = true) {
    this.redis = new RedisProcess(durable);
  }

  /**
   * Starts all; each server with these settings.
   *
   * @param clocks how much each one's clock is ahead, ms
   */
  async start(settings: Readonly<Record<string, string>> = {}, clocks: readonly number[] = [0, 0, 0]): Promise<this> {
    await this.redis.start();
    const shared = { ENGINE: 'redis', REDIS_URL: this.redis.url, CANARY_INTERVAL_SECONDS: '1', ...settings };
    for (const ahead of clocks) this.nodes.push(new ServerProcess(shared, { nodeArguments: withClockAhead(ahead) }));
    await Promise.all(this.nodes.map((node) => node.start()));
    return this;
  }

  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.destroy()));
    await this.redis.destroy();
  }
}
