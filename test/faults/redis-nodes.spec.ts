// Three servers over one Redis, the master of Sentinels, or a Cluster, while servers, Redis and the network between them fail: nothing that was answered may be lost.
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../support/network-namespace.js';
import { PROJECT_ROOT } from '../support/server-process.js';
import { LONG_FAULT, type Fault } from './nodes/faults.js';
import { ClusterStore, type FaultyStore, namespacedStore, proxiedStore, SentinelStore } from './nodes/faulty-store.js';
import { describeHeals, type Heal } from './nodes/heals.js';
import { RedisRun } from './nodes/redis-run.js';
import { Random } from './random.js';

/** Each with the first of its seeds that run when none is named, and how many. */
const STORES: Readonly<Record<string, { make: () => FaultyStore; from: number; seeds: number }>> = {
  single: { make: proxiedStore, from: 1, seeds: 2 },
  namespaces: { make: namespacedStore, from: 3, seeds: 1 },
  sentinels: { make: () => new SentinelStore(true), from: 1, seeds: 1 },
  unwaited: { make: () => new SentinelStore(false), from: 1, seeds: 1 },
  cluster: { make: () => new ClusterStore(), from: 1, seeds: 1 },
};
/** One kind of store; all of them, with a few seeds each, unless it is said. */
const STORE = process.env.FAULT_STORE;
const SEEDS = process.env.FAULT_SEEDS;
const FROM = process.env.FAULT_FROM;
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

async function keep(store: string, seed: number, { failures, violations, history: { events, times } }: RedisRun): Promise<string> {
  const path = join(REPORTS, `${store}-seed-${seed}.jsonl`);
  await mkdir(REPORTS, { recursive: true });
  await writeFile(path, [{ store, seed, failures, violations }, ...events.map((event, i) => ({ at: times[i], ...event }))].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

/** Adds to what is known of how soon things go on. */
async function keepHeals(store: string, seed: number, measured: readonly Heal[]): Promise<void> {
  await mkdir(REPORTS, { recursive: true });
  await appendFile(join(REPORTS, `${store}-heals.jsonl`), measured.map((heal) => `${JSON.stringify({ seed, ...heal })}\n`).join(''));
}

const unavailable = NetworkNamespace.unavailable();
if (unavailable !== undefined) console.log(`Not run: ${unavailable}`);

describe.each(Object.entries(STORES).filter(([name]) => STORE === undefined || name === STORE))('three servers over one store (%s), while things go wrong', (name, { make, from, seeds }) => {
  const healed: Heal[] = [];
  afterAll(() => console.log(`${name}: ${describeHeals(healed)}`));

  it.skipIf(name === 'namespaces' && unavailable !== undefined).each(Array.from({ length: Number(SEEDS ?? seeds) }, (_, i) => Number(FROM ?? from) + i))(
    'keep their promises to every publisher and every client: seed %i',
    async (seed) => {
      const store = make();
      const faults = faultsOf(store.faults, seed);
      const run = new RedisRun(faults, seed, store);
      const began = Date.now();
      await run.run().catch((error: unknown) => run.failures.push(error instanceof Error ? String(error.stack) : String(error)));
      const { failures, violations, history, areClocksWrong } = run;
      healed.push(...run.heals);
      await keepHeals(name, seed, run.heals);
      const isWell = failures.length === 0 && violations.length === 0;
      const { ok, unknown, fail } = history.outcomes;
      console.log(
        `${name}, seed ${seed}: ${isWell ? 'well' : `FAILED, see ${await keep(name, seed, run)}`}; ${faults.map((round) => round.map(({ name }) => name).join(' + ')).join(', then ')}; ` +
          `${areClocksWrong ? 'clocks an hour apart; ' : ''}${ok} publishes answered, ${unknown} unknown, ${fail} refused; ${violations.length} violations; ` +
          `${run.lost > 0 ? `${run.lost} lost, as that store may; ` : ''}all that was missing came after ${run.heals.map(({ missedMs }) => missedMs ?? '-').join(', ')} ms; ${Math.round((Date.now() - began) / 1_000)} s`,
      );
      for (const { invariant, what } of violations.slice(0, 20)) console.log(`  ${invariant} ${what}`);
      expect(failures).toEqual([]);
      expect(violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
