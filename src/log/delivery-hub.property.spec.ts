// What delivery promises, over random histories of publishing, membership, broken lines, slow peers and restarts.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { anySettings, anyStep, carryOutRun } from '../../test/support/log-model/index.js';

/** More, with `DELIVERY_RUNS=5000 npx vitest run src/log/delivery-hub.property.spec.ts`. */
const RUNS = Number(process.env.DELIVERY_RUNS ?? 300);

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
    60_000_000,
  );
});
