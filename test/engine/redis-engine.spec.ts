// The Redis engine against the conformance suite.
import { afterAll, beforeAll } from 'vitest';
import { RedisProcess } from '../support/redis-process.js';
import { describeDeliveryEngine, type EngineUnderTest } from './conformance.js';
import { newRedisEngine } from './new-redis-engine.js';

const server = new RedisProcess(false);
let stores = 0;

beforeAll(() => server.start());

afterAll(() => server.destroy());

describeDeliveryEngine('the Redis engine', async (limits, clock) => {
  const prefix = `test-${++stores}`;
  const start = async () => {
    const engine = newRedisEngine({ url: server.url, prefix, ...limits }, clock);
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
