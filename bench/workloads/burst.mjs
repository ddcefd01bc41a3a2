// Burst fan-out: this server and a default Nest gateway.
import { measureBurst } from '../burst.mjs';
import { median } from '../median.mjs';
import { startChatapi } from '../subjects/chatapi.mjs';
import { startNestDefault } from '../subjects/nest-default.mjs';

export const options = {
  members: { type: 'string', default: '1000' },
  messages: { type: 'string', default: '500' },
  bytes: { type: 'string', default: '100' },
};

const SUBJECTS = [() => startChatapi('os'), () => startChatapi('fsync'), startNestDefault];

export async function run({ members, messages, bytes, rounds }) {
  const workload = { members: Number(members), messages: Number(messages), contentBytes: Number(bytes) };
  const runs = [];
  for (let round = 0; round < Number(rounds); round++) {
    for (const start of SUBJECTS) {
      const measured = await measureBurst(start, workload);
      runs.push(measured);
      process.stderr.write(`${measured.name}: ${Math.round(measured.perCpuSecond)} deliveries per CPU second\n`);
    }
  }
  const names = [...new Set(runs.map(({ name }) => name))];
  const results = names.map((name) => {
    const own = runs.filter((measured) => measured.name === name);
    return { name, perCpuSecond: median(own.map((measured) => measured.perCpuSecond)), perSecond: median(own.map((measured) => measured.perSecond)) };
  });
  return { table: tableOf(results, workload, rounds), record: { workload, rounds: Number(rounds), results, runs } };
}

function tableOf(results, { members, messages, contentBytes }, rounds) {
  const peer = results.at(-1);
  const lines = [
    `burst fan-out: 1 room, ${members} members, ${messages} messages of ${contentBytes} bytes; medians of ${rounds}`,
    '',
    '| server | deliveries per CPU second | ratio | deliveries per second |',
    '| --- | ---: | ---: | ---: |',
  ];
  for (const { name, perCpuSecond, perSecond } of results) {
    const ratio = (perCpuSecond / peer.perCpuSecond).toFixed(1);
    lines.push(`| ${name} | ${Math.round(perCpuSecond).toLocaleString('en')} | ${ratio} | ${Math.round(perSecond).toLocaleString('en')} |`);
  }
  return lines.join('\n');
}
