// What delivery promises, over random histories of publishing, membership, broken lines, slow peers and restarts.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { anySettings, anyStep, carryOutRun } from '../../test/support/log-model/index.js';

/** More, with `DELIVERY_RUNS=10000 npx vitest run --project unit src/log/delivery-hub.property.spec.ts`. */
const RUNS = Number(process.env.DELIVERY_RUNS ?? 2_000);
/** Enough for a slow machine, and for making a counterexample small. */
const TIMEOUT_MS = 120_000 + RUNS * 100;

describe('delivery', () => {
  it(
    'gives every member everything in order, once a connection, or counts it as dropped, whatever happens',
    async () => {
      const steps = fc.array(anyStep, { minLength: 20, maxLength: 120, size: 'max' });
      await fc.assert(
        fc.asyncProperty(anySettings, steps, async (settings, chosen) => {
          await carryOutRun(settings, chosen);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});
