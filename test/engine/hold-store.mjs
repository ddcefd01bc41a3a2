// A process that opens the store in the directory it is given, appends what it is told on its input, and stays.
import { createInterface } from 'node:readline';
import { EmbeddedEngine } from '../../dist/engine/index.js';

const engine = new EmbeddedEngine(
  {
    dataDir: process.argv[2],
    durability: 'fsync',
    queueMaxPerClient: 1000,
    queueTtlSeconds: 3600,
    idempotencyTtlSeconds: 600,
    onFatal: (cause) => console.log(`fatal ${cause.message}`),
  },
  { now: () => Date.now() },
);

async function append(bytes) {
  const request = { tenant: 't', log: '@alice', type: 'message', data: JSON.stringify('x'.repeat(bytes)), at: Date.now() };
  try {
    const [{ seq }] = await engine.append([request]);
    console.log(`appended ${seq}`);
  } catch (cause) {
    console.log(`refused ${cause.code}`);
  }
}

try {
  await engine.start();
  console.log('started');
  for await (const line of createInterface({ input: process.stdin })) await append(Number(line));
} catch (cause) {
  console.log(`not started: ${cause.message}`);
  process.exitCode = 1;
}
