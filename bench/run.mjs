// Measures this server against peers in the same run, alternating; prints one table and writes JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureBurst } from './burst.mjs';
import { startChatapi } from './subjects/chatapi.mjs';
import { startNestDefault } from './subjects/nest-default.mjs';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000' },
    messages: { type: 'string', default: '500' },
    bytes: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string', default: 'reports/bench.json' },
  },
});
const workload = { members: Number(values.members), messages: Number(values.messages), contentBytes: Number(values.bytes) };
const subjects = [() => startChatapi('os'), () => startChatapi('fsync'), startNestDefault];

const runs = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const start of subjects) {
    const run = await measureBurst(start, workload);
    runs.push(run);
    process.stderr.write(`${run.name}: ${Math.round(run.perCpuSecond)} deliveries per CPU second\n`);
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const names = [...new Set(runs.map(({ name }) => name))];
const results = names.map((name) => {
  const own = runs.filter((run) => run.name === name);
  return {
    name,
    perCpuSecond: median(own.map((run) => run.perCpuSecond)),
    perSecond: median(own.map((run) => run.perSecond)),
  };
});
const peer = results.at(-1);
process.stdout.write(`\nburst fan-out: 1 room, ${workload.members} members, ${workload.messages} messages of ${workload.contentBytes} bytes; medians of ${values.rounds}\n\n`);
process.stdout.write('| server | deliveries per CPU second | ratio | deliveries per second |\n| --- | ---: | ---: | ---: |\n');
for (const { name, perCpuSecond, perSecond } of results) {
  const ratio = (perCpuSecond / peer.perCpuSecond).toFixed(1);
  process.stdout.write(`| ${name} | ${Math.round(perCpuSecond).toLocaleString('en')} | ${ratio} | ${Math.round(perSecond).toLocaleString('en')} |\n`);
}
mkdirSync('reports', { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ workload, rounds: Number(values.rounds), results, runs }, null, 2)}\n`);
