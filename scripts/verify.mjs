// `npm run verify`: from a fresh checkout, installs what is missing, then runs every check and every test.
// Goes on after a step that fails. The last line tells the totals: tests, and one each for lint, typecheck and build.
// Exit code 0 only when something ran and nothing failed.
import './lib/require-node.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { scriptStep, suiteStep } from './lib/verification-step.mjs';
import { failureList, summaryTable, totalsLine } from './lib/verification-summary.mjs';

const STEPS = [
  scriptStep('lint'),
  scriptStep('typecheck'),
  scriptStep('build'),
  suiteStep('unit'),
  suiteStep('engine'),
  suiteStep('e2e'),
  suiteStep('security'),
  suiteStep('load'),
  suiteStep('clients'),
  suiteStep('browser'),
  suiteStep('package'),
  suiteStep('docs'),
  suiteStep('deploy'),
  suiteStep('faults'),
];

/** The exit code of a program that a Ctrl-C ended, as shells have it. */
const INTERRUPTED = 130;

let interrupted = false;
// The step that is running gets the signal too, and ends; the next one would begin.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (interrupted = true));

/** Installs and runs everything; resolves with the outcomes of what ran. */
async function verify() {
  const began = Date.now();
  try {
    await ensureDependencies();
    await ensureSystemPackages();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return [{ name: 'install', passed: 0, failed: 1, skipped: 0, seconds: (Date.now() - began) / 1000 }];
  }
  const outcomes = [];
  for (const step of STEPS) {
    if (!interrupted) outcomes.push(await step());
  }
  return outcomes;
}

const outcomes = await verify();
process.stdout.write(`\n${summaryTable(outcomes)}\n\n${failureList(outcomes)}${totalsLine(outcomes)}\n`);
if (interrupted) process.exitCode = INTERRUPTED;
else process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0;
