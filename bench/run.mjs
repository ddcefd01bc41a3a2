// `npm run bench [-- <workload> [--options]]`: measures in one run, alternating; prints one table and writes JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import * as burst from './workloads/burst.mjs';
import * as slowReaders from './workloads/slow-readers.mjs';

const WORKLOADS = { burst, 'slow-readers': slowReaders };

const named = process.argv[2]?.startsWith('-') ? undefined : process.argv[2];
const name = named ?? 'burst';
const workload = WORKLOADS[name];
if (workload === undefined) throw new Error(`There is no workload ${name}; there are ${Object.keys(WORKLOADS).join(', ')}`);
const { values } = parseArgs({
  args: process.argv.slice(named === undefined ? 2 : 3),
  options: {
    ...workload.options,
    rounds: { type: 'string', default: '3' },
    json: { type: 'string', default: named === undefined ? 'reports/bench.json' : `reports/bench-${name}.json` },
  },
});
const { table, record } = await workload.run(values);
process.stdout.write(`\n${table}\n`);
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`);
