// Slow readers: what those who read notice of members of their room that never do.
import { measureLatency, percentile } from '../latency.mjs';
import { median } from '../median.mjs';
import { startChatapi } from '../subjects/chatapi.mjs';

export const options = {
  readers: { type: 'string', default: '20' },
  slow: { type: 'string', default: '500' },
  messages: { type: 'string', default: '10000' },
  bytes: { type: 'string', default: '1024' },
};

export async function run({ readers, slow, messages, bytes, rounds }) {
  const workload = { readers: Number(readers), slow: Number(slow), messages: Number(messages), contentBytes: Number(bytes) };
  const runs = [];
  for (let round = 0; round < Number(rounds); round++) {
    for (const connectSlow of [false, true]) {
      const latencies = await measureLatency(() => startChatapi('fsync'), { ...workload, connectSlow });
      const measured = { connectSlow, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
      runs.push(measured);
      process.stderr.write(`${connectSlow ? 'with' : 'without'} slow readers: p50 ${measured.p50.toFixed(1)} ms, p99 ${measured.p99.toFixed(1)} ms\n`);
    }
  }
  const results = [false, true].map((connectSlow) => {
    const own = runs.filter((measured) => measured.connectSlow === connectSlow);
    return { connectSlow, p50: median(own.map(({ p50 }) => p50)), p99: median(own.map(({ p99 }) => p99)) };
  });
  return { table: tableOf(results, workload, rounds), record: { workload, rounds: Number(rounds), results, runs } };
}

function tableOf([without, withSlow], { readers, slow, messages, contentBytes }, rounds) {
  const row = (name, { p50, p99 }) => `| ${name} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms |`;
  return [
    `slow readers: 1 room, ${readers} who read, ${messages} messages of ${contentBytes} bytes at a steady pace; publish to receive; medians of ${rounds}`,
    '',
    '| | p50 | p99 |',
    '| --- | ---: | ---: |',
    row('alone', without),
    row(`with ${slow} connected that never read`, withSlow),
    `| ratio | ${(withSlow.p50 / without.p50).toFixed(2)} | ${(withSlow.p99 / without.p99).toFixed(2)} |`,
  ].join('\n');
}
