// The Redis engine against the conformance suite.
import { afterAll, beforeAll } from 'vitest';
import { RedisEngine } from '../../src/engine/redis/index.js';
import { describeDeliveryEngine, type EngineUnderTest } from './conformance.js';
import { startRedisServer, type RedisServer } from './redis-server.js';

let server: RedisServer;
let stores = 0;

beforeAll(async () => {
  server = await startRedisServer();
});

afterAll(() => server.stop());

describeDeliveryEngine('the Redis engine', async (limits, clock) => {
  const prefix = `test-${++stores}`;
  const start = async () => {
    const engine = new RedisEngine({ url: server.url, prefix, ...limits }, clock);
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
