// Three servers over one Redis, while servers, Redis and the network between them fail: nothing that was answered may be lost.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/server-process.js';
import { FAULTS, LONG_FAULT, type Fault } from './nodes/faults.js';
import { RedisRun } from './nodes/redis-run.js';
import { Random } from './random.js';

const SEEDS = Number(process.env.FAULT_SEEDS ?? 3);
const FROM = Number(process.env.FAULT_FROM ?? 1);
const ROUNDS = 2;
/** One seed in so many has a round that takes long. */
const LONG_EVERY = 10;
const TIMEOUT_MS = 600_000;
const REPORTS = join(PROJECT_ROOT, 'reports', 'faults');

/** One fault for each round, so that seeds in a row have them all, and by chance another at the same time. */
function faultsOf(seed: number): Fault[][] {
  const random = new Random(seed);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const first = FAULTS[(seed * ROUNDS + round) % FAULTS.length];
    return random.chance(0.5) ? [first, random.pick(FAULTS.filter((fault) => fault !== first))] : [first];
  });
  return seed % LONG_EVERY === 0 ? [...rounds, [LONG_FAULT]] : rounds;
}

async function keep(seed: number, { failures, violations, history }: RedisRun): Promise<string> {
  const path = join(REPORTS, `redis-seed-${seed}.jsonl`);
  await mkdir(REPORTS, { recursive: true });
  await writeFile(path, [{ seed, failures, violations }, ...history.events].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

describe('three servers over one Redis, while things go wrong', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => FROM + i))(
    'keep their promises to every publisher and every client: seed %i',
    async (seed) => {
      const faults = faultsOf(seed);
      const run = new RedisRun(faults, seed);
      const began = Date.now();
      await run.run().catch((error: unknown) => run.failures.push(error instanceof Error ? String(error.stack) : String(error)));
      const { failures, violations, history } = run;
      const isWell = failures.length === 0 && violations.length === 0;
      const { ok, unknown, fail } = history.outcomes;
      console.log(
        `seed ${seed}: ${isWell ? 'well' : `FAILED, see ${await keep(seed, run)}`}; ${faults.map((round) => round.map(({ name }) => name).join(' + ')).join(', then ')}; ` +
          `${ok} publishes answered, ${unknown} unknown, ${fail} refused; ${violations.length} violations; ${Math.round((Date.now() - began) / 1_000)} s`,
      );
      for (const { invariant, what } of violations.slice(0, 20)) console.log(`  ${invariant} ${what}`);
      expect(failures).toEqual([]);
      expect(violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
