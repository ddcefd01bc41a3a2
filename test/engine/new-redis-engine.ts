// Redis engines for tests.
import { RedisEngine } from '../../src/engine/redis/index.js';
import type { RedisEngineOptions } from '../../src/engine/redis/redis-engine.options.js';
import type { Clock } from '../../src/log/index.js';
import { ManualClock } from './conformance/manual-clock.js';

/** One that is not started, with limits that are not in the way. */
export function newRedisEngine(options: Pick<RedisEngineOptions, 'url'> & Partial<RedisEngineOptions>, clock: Clock = new ManualClock()): RedisEngine {
  const limits = { queueMaxPerClient: 100, queueTtlSeconds: 3_600, idempotencyTtlSeconds: 600, presenceMaxRoomSize: 500, rateLimitWindowSeconds: 60 };
  return new RedisEngine({ prefix: 'test', ...limits, ...options }, clock);
}
