// Three servers over one Redis, the master of Sentinels, or a Cluster, while servers, Redis and the network between them fail: nothing that was answered may be lost.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';
import { LONG_FAULT, type Fault } from './nodes/faults.js';
import { ClusterStore, type FaultyStore, SentinelStore, SingleStore } from './nodes/faulty-store.js';
import { RedisRun } from './nodes/redis-run.js';
import { Random } from './random.js';

const STORES: Readonly<Record<string, { make: () => FaultyStore; seeds: number }>> = {
  single: { make: () => new SingleStore(), seeds: 3 },
  sentinels: { make: () => new SentinelStore(), seeds: 1 },
  cluster: { make: () => new ClusterStore(), seeds: 1 },
};
/** One kind of store; all of them, with a few seeds each, unless it is said. */
const STORE = process.env.FAULT_STORE;
const SEEDS = process.env.FAULT_SEEDS;
const FROM = Number(process.env.FAULT_FROM ?? 1);
const ROUNDS = 2;
/** One seed in so many has a round that takes long. */
const LONG_EVERY = 10;
const TIMEOUT_MS = 600_000;
const REPORTS = join(PROJECT_ROOT, 'reports', 'faults');

/** One fault for each round, so that seeds in a row have them all, and by chance another at the same time. */
function faultsOf(faults: readonly Fault[], seed: number): Fault[][] {
  const random = new Random(seed);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const first = faults[((seed - 1) * ROUNDS + round) % faults.length];
    return random.chance(0.5) ? [first, random.pick(faults.filter((fault) => fault !== first))] : [first];
  });
  return seed % LONG_EVERY === 0 ? [...rounds, [LONG_FAULT]] : rounds;
}

async function keep(store: string, seed: number, { failures, violations, history }: RedisRun): Promise<string> {
  const path = join(REPORTS, `${store}-seed-${seed}.jsonl`);
  await mkdir(REPORTS, { recursive: true });
  await writeFile(path, [{ store, seed, failures, violations }, ...history.events].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

describe.each(Object.entries(STORES).filter(([name]) => STORE === undefined || name === STORE))('three servers over one store (%s), while things go wrong', (name, { make, seeds }) => {
  it.each(Array.from({ length: Number(SEEDS ?? seeds) }, (_, i) => FROM + i))(
    'keep their promises to every publisher and every client: seed %i',
    async (seed) => {
      const store = make();
      const faults = faultsOf(store.faults, seed);
      const run = new RedisRun(faults, seed, store);
      const began = Date.now();
      await run.run().catch((error: unknown) => run.failures.push(error instanceof Error ? String(error.stack) : String(error)));
      const { failures, violations, history } = run;
      const isWell = failures.length === 0 && violations.length === 0;
      const { ok, unknown, fail } = history.outcomes;
      console.log(
        `${name}, seed ${seed}: ${isWell ? 'well' : `FAILED, see ${await keep(name, seed, run)}`}; ${faults.map((round) => round.map(({ name }) => name).join(' + ')).join(', then ')}; ` +
          `${ok} publishes answered, ${unknown} unknown, ${fail} refused; ${violations.length} violations; ${Math.round((Date.now() - began) / 1_000)} s`,
      );
      for (const { invariant, what } of violations.slice(0, 20)) console.log(`  ${invariant} ${what}`);
      expect(failures).toEqual([]);
      expect(violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
