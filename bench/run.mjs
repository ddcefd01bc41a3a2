// `npm run bench [-- <workload>… --options]`: measures subjects in turn in one run; prints a table and writes JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { alternate } from './alternate.mjs';
import { LOAD_CORE } from './child.mjs';
import { profile } from './profile/index.mjs';
import { isInstalled, subjectOf } from './subjects/index.mjs';
import { judge, tableOf } from './table.mjs';
import { WORKLOADS } from './workloads/index.mjs';

const OPTIONS = {
  profile: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '3' },
  subjects: { type: 'string' },
  json: { type: 'string' },
};

// This process publishes: it belongs to the load.
execFileSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });

const { positionals, values } = parseArgs({ args: process.argv.slice(2), options: allOptions(), allowPositionals: true });
for (const name of positionals) {
  if (WORKLOADS[name] === undefined) throw new Error(`There is no workload ${name}; there are ${Object.keys(WORKLOADS).join(', ')}`);
}

if (values.profile) {
  for (const name of positionals.length === 0 ? ['burst'] : positionals) {
    process.stdout.write(`${await profile(WORKLOADS[name], optionsOf(name), `reports/profile-${name}`, values.subjects ?? 'chatapi-os')}\n`);
  }
} else await measureAll(positionals.length === 0 ? Object.keys(WORKLOADS) : positionals);

async function measureAll(names) {
  const record = {};
  const path = values.json ?? (positionals.length === 0 ? 'reports/bench.json' : `reports/bench-${names.join('-')}.json`);
  mkdirSync(dirname(path), { recursive: true });
  for (const name of names) {
    record[name] = await measure(name);
    // After each, so that a run that is void costs none of those before it.
    writeFileSync(path, `${JSON.stringify({ machine: machine(), workloads: record }, null, 2)}\n`);
  }
}

async function measure(name) {
  const workload = WORKLOADS[name];
  const options = optionsOf(name);
  const rounds = Number(values.rounds);
  const wanted = values.subjects?.split(',') ?? workload.subjects;
  const subjects = wanted.filter(isInstalled);
  const missing = wanted.filter((subject) => !isInstalled(subject));
  const report = (subject, numbers) => process.stderr.write(`${name}, ${subjectOf(subject).title}: ${JSON.stringify(numbers)}\n`);
  const { runs, results } = await alternate(workload, options, { rounds, subjects, report });
  process.stdout.write(`\n${tableOf(workload, results, missing, rounds)}\n`);
  return { title: workload.title, options, rounds, results, missing, bars: judge(workload, results), runs };
}

/** The options of all workloads; what is given on the command line goes before the workload's own default. */
function allOptions() {
  const own = Object.values(WORKLOADS).flatMap(({ options }) => Object.keys(options).map((key) => [key, { type: 'string' }]));
  return { ...Object.fromEntries(own), ...OPTIONS };
}

function optionsOf(name) {
  const defaults = Object.entries(WORKLOADS[name].options).map(([key, { default: value }]) => [key, value]);
  return { ...Object.fromEntries(defaults), ...values };
}

function machine() {
  return { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, kernel: release() };
}
