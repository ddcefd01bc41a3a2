// Embedded engines over directories of their own, for tests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine, type EmbeddedEngineOptions } from '../../src/engine/index.js';
import { systemClock, type Clock } from '../../src/log/index.js';

/** A new directory that is removed by its `remove`. */
export async function createDataDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'chatapi-engine-'));
  return { path: join(parent, 'data'), remove: () => rm(parent, { recursive: true, force: true }) };
}

/** A started engine over a directory. */
export async function startEngine(dataDir: string, options: Partial<EmbeddedEngineOptions> = {}, clock: Clock = systemClock): Promise<EmbeddedEngine> {
  const engine = new EmbeddedEngine(
    { dataDir, durability: 'fsync', queueMaxPerClient: 1000, queueTtlSeconds: 3600, idempotencyTtlSeconds: 600, ...options },
    clock,
  );
  await engine.start();
  return engine;
}
