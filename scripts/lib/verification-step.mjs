// One step of the verification, and what came of it.
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, runNpm, runPackage } from './run.mjs';

/**
 * What came of a step.
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds how long it took
 * @property {string[]} [failures] the names of the tests that failed
 */

/** Runs a script of package.json. It counts as one check, passed or failed. */
export function scriptStep(name) {
  return timed(name, async () => {
    const code = await runNpm(['run', '--silent', name]);
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  });
}

/**
 * Runs a suite of vitest.config.ts and counts its tests. A suite that fails outside its tests, or that runs no test at all,
 * counts as one failure.
 */
export function suiteStep(name) {
  return timed(name, async () => {
    const report = join('reports', `${name}.json`);
    rmSync(join(ROOT, report), { force: true });
    const code = await runPackage('vitest/vitest.mjs', [
      'run',
      `--project=${name}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    const counts = readCounts(join(ROOT, report));
    const unfounded = code !== 0 || counts.passed + counts.failed === 0;
    return unfounded && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  });
}

/** The counts in a report; none when the suite ended before it wrote one. */
function readCounts(path) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(path, 'utf8'));
    const failures = testResults.flatMap(({ name, assertionResults }) => assertionResults.filter(({ status }) => status === 'failed').map((test) => describeFailure(name, test)));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests, failures };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** A failed test in a few lines: where it stands, its name, and how its first message begins. */
function describeFailure(file, { fullName, failureMessages }) {
  const message = failureMessages[0]?.split('\n').slice(0, 3).join('\n    ') ?? '';
  return `${relative(ROOT, file)} > ${fullName}\n    ${message}`;
}

/** @returns {() => Promise<Outcome>} */
function timed(name, step) {
  return async () => {
    process.stdout.write(`\n=== ${name}\n`);
    const began = Date.now();
    const counts = await step();
    return { name, ...counts, seconds: (Date.now() - began) / 1000 };
  };
}
