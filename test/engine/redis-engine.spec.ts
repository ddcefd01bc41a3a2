// The Redis engine against the conformance suite, over every kind of Redis: one server, the master of Sentinels, a Cluster.
import { afterAll, beforeAll, describe } from 'vitest';
import { RedisCluster } from '../support/redis-cluster.js';
import { RedisProcess } from '../support/redis-process.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeDeliveryEngine, type EngineUnderTest } from './conformance.js';
import { newRedisEngine } from './new-redis-engine.js';
import { asLeastUser, leastUser } from './redis-user.js';

/** Something that can be started, has a URL then, and can be ended. */
interface Store {
  readonly url: string;
  start(): Promise<unknown>;
  destroy(): Promise<void>;
}

class WatchedMaster implements Store {
  private readonly master = new RedisProcess(false);
  private readonly sentinels = new RedisSentinels(this.master);

  get url(): string {
    return this.sentinels.url;
  }

  async start(): Promise<void> {
    await this.master.start();
    await this.sentinels.start(0);
  }

  async destroy(): Promise<void> {
    await this.sentinels.destroy();
    await this.master.destroy();
  }
}

/** As whoever may do least there. */
function urlOf(store: Store): string {
  return store instanceof RedisCluster ? asLeastUser(store.url) : store.url;
}

let stores = 0;

describe.each([
  ['one server', new RedisProcess(false)],
  ['the master of Sentinels', new WatchedMaster()],
  ['a Cluster, for a user with the least rights', new RedisCluster(0, false, leastUser('test-'))],
] satisfies [string, Store][])('over %s', (_, store) => {
  beforeAll(() => store.start());
  afterAll(() => store.destroy());

  describeDeliveryEngine('the Redis engine', async (limits, clock) => {
    const prefix = `test-${++stores}`;
    const start = async () => {
      const engine = newRedisEngine({ url: urlOf(store), prefix, ...limits }, clock);
      await engine.start();
      return engine;
    };
    const under: EngineUnderTest = {
      engine: await start(),
      async restart() {
        await under.engine.stop();
        under.engine = await start();
      },
      destroy: () => under.engine.stop(),
    };
    return under;
  });
});
