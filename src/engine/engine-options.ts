// What the engines take from the settings, whoever makes them.
import type { Settings } from '../config/index.js';
import type { EmbeddedEngineOptions } from './embedded/index.js';
import type { RedisEngineOptions } from './redis/index.js';

/** Where the embedded store is, and how long what is kept. */
export function embeddedOptions(settings: Settings): Omit<EmbeddedEngineOptions, 'onFatal'> {
  return {
    dataDir: settings.dataDir,
    durability: settings.durability,
    queueMaxPerClient: settings.queueMaxPerClient,
    queueTtlSeconds: settings.queueTtlSeconds,
    idempotencyTtlSeconds: settings.idempotencyTtlSeconds,
    maxStoreBytes: settings.storeMaxBytes,
  };
}

/** Where the store in Redis is, and how long what is kept. */
export function redisOptions(settings: Settings): Omit<RedisEngineOptions, 'presenceMaxRoomSize' | 'rateLimitWindowSeconds'> {
  return {
    url: settings.redisUrl ?? '',
    tls: { ca: settings.redisTlsCa, cert: settings.redisTlsCert, key: settings.redisTlsKey },
    prefix: settings.redisPrefix,
    queueMaxPerClient: settings.queueMaxPerClient,
    queueTtlSeconds: settings.queueTtlSeconds,
    idempotencyTtlSeconds: settings.idempotencyTtlSeconds,
    replication: { replicas: settings.redisWaitReplicas, timeoutMs: settings.redisWaitTimeoutMs, onDisk: settings.redisWaitDisk === 'yes' },
  };
}
