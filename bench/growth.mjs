// `npm run bench:growth`: how cost grows with members, rooms, message size and connections; one workload measured at several sizes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { alternate } from './alternate.mjs';
import { LOAD_CORE } from './child.mjs';
import { subjectOf } from './subjects/index.mjs';
import { WORKLOADS } from './workloads/index.mjs';

const TARGET = 'reports/bench-growth.json';

/** Microseconds of CPU time a delivery. */
const microseconds = { name: 'µs of CPU a delivery', scale: 'log', of: ({ perCpuSecond }) => 1e6 / perCpuSecond };

const residentMegabytes = ({ megabytesBefore, connections, kilobytesPerConnection }) => megabytesBefore + (connections * kilobytesPerConnection) / 1024;

/** What is varied (an option of a workload, at `values`), what stays as it is, and what is read off. */
const CURVES = [
  {
    file: 'members',
    title: 'A delivery, by members of the room (bursts of 100 messages of 100 bytes)',
    workload: 'burst',
    option: 'members',
    values: [10, 100, 1000, 10_000],
    fixed: { messages: '100' },
    x: { name: 'members of the room', scale: 'log' },
    y: microseconds,
  },
  {
    file: 'rooms',
    title: 'A delivery, by rooms of 10 members (a message to each, published in bulk)',
    workload: 'rooms-bulk',
    option: 'rooms',
    values: [10, 100, 1000],
    fixed: {},
    x: { name: 'rooms', scale: 'log' },
    y: microseconds,
  },
  {
    file: 'bytes',
    title: 'A delivery, by size of the message (1 room of 200 members, bursts of 50)',
    workload: 'burst',
    option: 'bytes',
    values: [100, 1000, 10_000, 60_000],
    fixed: { members: '200', messages: '50' },
    x: { name: 'bytes of content', scale: 'log' },
    y: microseconds,
  },
  {
    file: 'connections',
    title: 'Memory of the server, by idle connections',
    workload: 'idle',
    option: 'connections',
    values: [2500, 5000, 10_000, 15_000],
    fixed: {},
    x: { name: 'connections', scale: 'value' },
    y: { name: 'MB resident', scale: 'value', of: residentMegabytes },
  },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    subjects: { type: 'string', default: 'chatapi-os,ws' },
    curves: { type: 'string', default: CURVES.map(({ file }) => file).join(',') },
  },
});
execFileSync('taskset', ['-a', '-cp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });

mkdirSync('reports', { recursive: true });
for (const curve of CURVES.filter(({ file }) => values.curves.split(',').includes(file))) keep(await measure(curve));

/** Curves that were measured earlier stay. */
function keep(measured) {
  const { curves: earlier } = existsSync(TARGET) ? JSON.parse(readFileSync(TARGET, 'utf8')) : { curves: [] };
  const curves = CURVES.map(({ file }) => [measured, ...earlier].find((curve) => curve.file === file)).filter((curve) => curve !== undefined);
  writeFileSync(TARGET, `${JSON.stringify({ curves }, null, 2)}\n`);
}

async function measure({ file, title, workload: name, option, values: sizes, fixed, x, y }) {
  const workload = WORKLOADS[name];
  const defaults = Object.fromEntries(Object.entries(workload.options).map(([key, { default: value }]) => [key, value]));
  const subjects = values.subjects.split(',');
  const points = new Map(subjects.map((subject) => [subject, []]));
  for (const size of sizes) {
    const report = (subject, numbers) => process.stderr.write(`${file}, ${size}, ${subjectOf(subject).title}: ${JSON.stringify(numbers)}\n`);
    const { results } = await alternate(workload, { ...defaults, ...fixed, [option]: String(size) }, { rounds: Number(values.rounds), subjects, report });
    for (const result of results) points.get(result.subject).push([size, y.of(result)]);
  }
  const series = subjects.map((subject) => ({ name: subjectOf(subject).title, points: points.get(subject) }));
  return { file, title, rounds: Number(values.rounds), x, y: { name: y.name, scale: y.scale }, series };
}
