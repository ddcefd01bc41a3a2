// `npm run bench [-- <workload>… --options]`: measures subjects in turn in one run; prints a table and writes JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { alternate } from './alternate.mjs';
import { LOAD_CORE } from './child.mjs';
import { subjectOf } from './subjects/index.mjs';
import { judge, tableOf } from './table.mjs';
import { WORKLOADS } from './workloads/index.mjs';

const OPTIONS = {
  rounds: { type: 'string', default: '3' },
  subjects: { type: 'string' },
  json: { type: 'string' },
};

// This process publishes: it belongs to the load.
execFileSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });

const named = process.argv.slice(2, 2 + Math.max(0, leadingNames(process.argv.slice(2))));
const names = named.length === 0 ? Object.keys(WORKLOADS) : named;
for (const name of names) {
  if (WORKLOADS[name] === undefined) throw new Error(`There is no workload ${name}; there are ${Object.keys(WORKLOADS).join(', ')}`);
}
const { values } = parseArgs({
  args: process.argv.slice(2 + named.length),
  options: { ...OPTIONS, ...Object.assign({}, ...(named.length === 0 ? [] : names.map((name) => WORKLOADS[name].options))) },
});
const record = {};
for (const name of names) record[name] = await measure(name);
const path = values.json ?? (named.length === 0 ? 'reports/bench.json' : `reports/bench-${names.join('-')}.json`);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);

async function measure(name) {
  const workload = WORKLOADS[name];
  const options = { ...Object.fromEntries(Object.entries(workload.options).map(([key, { default: value }]) => [key, value])), ...values };
  const rounds = Number(values.rounds);
  const subjects = values.subjects?.split(',') ?? workload.subjects;
  const report = (subject, numbers) => process.stderr.write(`${name}, ${subjectOf(subject).title}: ${JSON.stringify(numbers)}\n`);
  const { runs, results } = await alternate(workload, options, { rounds, subjects, report });
  process.stdout.write(`\n${tableOf(workload, results, rounds)}\n`);
  return { title: workload.title, options, rounds, results, bars: judge(workload, results), runs };
}

function leadingNames(args) {
  const index = args.findIndex((arg) => arg.startsWith('-'));
  return index === -1 ? args.length : index;
}
