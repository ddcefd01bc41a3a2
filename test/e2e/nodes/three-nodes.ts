// Three servers over one Redis.
import { RedisProcess } from '../../support/redis-process.js';
import { ServerProcess } from '../../support/server-process.js';

/** What a test has of them. */
export class ThreeNodes {
  readonly redis = new RedisProcess();
  readonly nodes: ServerProcess[] = [];

  /** Starts all; each server with these settings. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<this> {
    await this.redis.start();
    for (let i = 0; i < 3; i++) this.nodes.push(new ServerProcess({ ENGINE: 'redis', REDIS_URL: this.redis.url, CANARY_INTERVAL_SECONDS: '1', ...settings }));
    await Promise.all(this.nodes.map((node) => node.start()));
    return this;
  }

  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.destroy()));
    await this.redis.destroy();
  }
}
