// What a connection costs in memory while nothing happens on it.
import { setTimeout as delay } from 'node:timers/promises';
import { residentBytes } from '../resident.mjs';
import { startReceivers } from '../receivers/index.mjs';

/** Connects before anything is counted: code gets compiled and the heap's young generation reaches its size. */
const WARM_UP_ROUNDS = 4;
const WARM_UP_CONNECTS = 500;
const WARM_UP_REST_MS = 5000;

export const idle = {
  title: 'idle connections: resident memory of the server for each of 10,000',
  options: {
    connections: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '100' },
    settle: { type: 'string', default: '20' },
  },
  subjects: ['chatapi-os', 'ws', 'nest'],
  columns: ['kilobytesPerConnection', 'kilobytesAtOnce'],
  bars: [{ of: 'chatapi-os', by: 'kilobytesPerConnection', most: 8 }],
  measure,
};

async function measure(subject, options, { atPeak }) {
  const [connections, concurrency, settle] = ['connections', 'concurrency', 'settle'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    const seats = await subject.open({ rooms: 1, members: connections });
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      await receivers.connect(seats.slice(0, WARM_UP_CONNECTS), concurrency);
      await receivers.disconnect();
    }
    await delay(WARM_UP_REST_MS);
    const before = residentBytes(subject.pid);
    await receivers.connect(seats, concurrency);
    const kilobytes = () => (residentBytes(subject.pid) - before) / connections / 1024;
    const kilobytesAtOnce = kilobytes();
    await delay(settle * 1000);
    const kilobytesPerConnection = kilobytes();
    await receivers.results();
    await atPeak();
    return { connections, megabytesBefore: before / 2 ** 20, kilobytesAtOnce, kilobytesPerConnection };
  } finally {
    await receivers.stop();
  }
}
