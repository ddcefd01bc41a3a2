// A CPU profile and a heap summary of this server at one workload.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredSpan } from '../cpu-time.mjs';
import { subjectOf } from '../subjects/index.mjs';
import { readCpuProfile } from './cpu-profile.mjs';
import { partsOf } from './parts.mjs';
import { topClasses, topFunctions } from './top.mjs';

const PRELOAD = fileURLToPath(new URL('./heap-summary.mjs', import.meta.url));
const ROWS = 40;

/**
 * Runs a workload once against this server, a subject of one process, and writes to `directory` the CPU profile of each thread (from the start to a
 * clean stop), a heap snapshot from when all was measured, and summary.md, whose functions are
 * those of the measured time alone.
 *
 * @returns the summary
 */
export async function profile(workload, options, directory, subjectName) {
  const folder = resolve(directory);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const heapFile = join(folder, 'heap.json');
  const subject = await subjectOf(subjectName).subject.start({
    nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--import', PRELOAD],
    env: { ...workload.settings, BENCH_HEAP_FILE: heapFile },
  });
  let numbers;
  try {
    numbers = await workload.measure(subject, options, { atPeak: () => subject.heapSummary() });
  } finally {
    await subject.stop();
  }
  const summary = summaryOf(workload.title, numbers, folder, heapFile);
  writeFileSync(join(folder, 'summary.md'), summary);
  return summary;
}

function summaryOf(title, numbers, folder, heapFile) {
  const { memory, statistics, spaces } = JSON.parse(readFileSync(heapFile, 'utf8'));
  const profiles = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ({ name, profile: readCpuProfile(join(folder, name), measuredSpan) }));
  return [
    `# ${title}`,
    '',
    `Under the profiler: ${JSON.stringify(numbers)}`,
    '',
    ...partsTable(
      profiles.map(({ profile }) => partsOf(profile)),
      numbers,
    ),
    ...profiles.flatMap(({ name, profile }) => ['', `## CPU: ${name}`, '', ...cpuTables(profile)]),
    '',
    '## Heap',
    '',
    `resident ${mebibytes(memory.rss)}, heap ${mebibytes(statistics.used_heap_size)} of ${mebibytes(statistics.total_heap_size)}, ` +
      `outside ${mebibytes(memory.external)}, of that buffers ${mebibytes(memory.arrayBuffers)}`,
    '',
    '| space | used | size |',
    '| --- | ---: | ---: |',
    ...spaces.map((space) => `| ${space.space_name} | ${mebibytes(space.space_used_size)} | ${mebibytes(space.space_size)} |`),
    '',
    '| class | count | own size |',
    '| --- | ---: | ---: |',
    ...topClasses(`${heapFile}.heapsnapshot`, ROWS).map(({ name, count, bytes }) => `| ${name} | ${count.toLocaleString('en')} | ${mebibytes(bytes)} |`),
    '',
  ].join('\n');
}

/** What each part costs, a unit of work. Threads on one core interrupt each other: their times are made to add up to the CPU time that was counted. */
function partsTable(threads, { cpuSeconds, deliveries, messages, connects }) {
  const units = deliveries ?? messages ?? connects;
  if (units === undefined) return [];
  const sum = threads.flat().reduce((total, [, time]) => total + time, 0);
  const perUnit = (time) => ((time / sum) * cpuSeconds * 1e6) / units;
  const rows = threads.flatMap((parts, thread) => parts.map(([part, time]) => ({ thread: thread === 0 ? 'main' : 'store', part, time })));
  return [
    '| thread | part | µs a unit |',
    '| --- | --- | ---: |',
    ...rows.map(({ thread, part, time }) => `| ${thread} | ${part} | ${perUnit(time).toFixed(2)} |`),
    `| both | all | ${perUnit(sum).toFixed(2)} |`,
  ];
}

function cpuTables(profile) {
  const { busySeconds, own, total } = topFunctions(profile, ROWS);
  const table = (title, rows) => [
    '',
    `| ${title} | function | |`,
    '| ---: | --- | --- |',
    ...rows.map(({ name, place, share }) => `| ${(share * 100).toFixed(1)} % | ${name} | ${place} |`),
  ];
  return [`busy for ${busySeconds.toFixed(2)} s`, ...table('own time', own), ...table('with what it calls', total)];
}

function mebibytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
