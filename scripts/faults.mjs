// `npm run faults -- --rounds 200 [--seed n]`: the long run of the crash test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    /** Crashes in a row, on the same data. */
    rounds: { type: 'string', default: '200' },
    /** Makes the same choices as an earlier run; its moments are still those of the machine. */
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

for (const [name, value] of Object.entries(values)) {
  if (!/^[0-9]+$/.test(value)) {
    process.stderr.write(`--${name} must be a whole number, not "${value}"\n`);
    process.exit(2);
  }
}

const root = join(import.meta.dirname, '..');
const vitest = spawn(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'faults', 'test/faults/sigkill.spec.ts'], {
  cwd: root,
  env: { ...process.env, FAULT_ROUNDS: values.rounds, FAULT_SEED: values.seed },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));
vitest.once('exit', (code) => process.exit(code ?? 1));
