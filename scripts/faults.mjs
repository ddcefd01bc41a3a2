// `npm run faults -- [--engine embedded|redis] …`: the long runs of the fault tests.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** One Redis through proxies or from network namespaces, the master of Sentinels with or without waiting for its replica, a Cluster. */
const STORES = ['single', 'namespaces', 'sentinels', 'unwaited', 'cluster'];

const { values } = parseArgs({
  options: {
    /** `embedded`: one server is killed over and over. `redis`: servers over one Redis, which all can fail. */
    engine: { type: 'string', default: 'embedded' },
    /** Of embedded: crashes in a row, on the same data. */
    rounds: { type: 'string', default: '200' },
    /** Of embedded: makes the same choices as an earlier run; its moments are still those of the machine. */
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Of redis: so many runs, each on data of its own. */
    seeds: { type: 'string', default: '20' },
    /** Of redis: the first seed. */
    from: { type: 'string', default: '1' },
    /** Of redis: one of STORES. */
    store: { type: 'string', default: 'single' },
  },
});

const { engine, store, ...numbers } = values;
for (const [name, value] of Object.entries(numbers)) {
  if (!/^[0-9]+$/.test(value)) refuse(`--${name} must be a whole number, not "${value}"`);
}

const runs = {
  embedded: { spec: 'sigkill', settings: { FAULT_ROUNDS: values.rounds, FAULT_SEED: values.seed } },
  redis: { spec: 'redis-nodes', settings: { FAULT_SEEDS: values.seeds, FAULT_FROM: values.from, FAULT_STORE: store } },
};
if (!STORES.includes(store)) refuse(`--store must be one of ${STORES.join(', ')}, not "${store}"`);
if (!Object.hasOwn(runs, engine)) refuse(`--engine must be one of ${Object.keys(runs).join(', ')}, not "${engine}"`);
const { spec, settings } = runs[engine];

const root = join(import.meta.dirname, '..');
const vitest = spawn(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'faults', `test/faults/${spec}.spec.ts`, '--disable-console-intercept'],
  { cwd: root, env: { ...process.env, ...settings }, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));
vitest.once('exit', (code) => process.exit(code ?? 1));

function refuse(why) {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
