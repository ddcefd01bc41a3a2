// What a connection costs in memory, and in CPU time, while nothing happens on it.
import { setTimeout as delay } from 'node:timers/promises';
import { measureCpu } from '../cpu-time.mjs';
import { residentBytes } from '../resident.mjs';
import { startReceivers } from '../receivers/index.mjs';

/** Connects before anything is counted: code gets compiled and the heap's young generation reaches its size. */
const WARM_UP_ROUNDS = 4;
const WARM_UP_CONNECTS = 500;
const WARM_UP_REST_MS = 5000;
/** Heartbeats come every 25 s. */
const WATCHED_MS = 50_000;

export const idle = {
  title: 'idle connections: resident memory of the server for each of 10,000',
  options: {
    connections: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '100' },
    settle: { type: 'string', default: '20' },
  },
  subjects: ['chatapi-os', 'ws', 'nest'],
  columns: ['kilobytesPerConnection', 'kilobytesOfSecondHalf', 'kilobytesAtOnce', 'megabytesBefore', 'idleMicroseconds', 'idleStoreMicroseconds'],
  // Both: what was free in the heap before makes the first half look cheap.
  bars: ['kilobytesPerConnection', 'kilobytesOfSecondHalf'].map((by) => ({ of: 'chatapi-os', by, most: 8 })),
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
    const before = residentBytes(subject.pids);
    const half = connections / 2;
    await receivers.connect(seats.slice(0, half), concurrency);
    await delay(settle * 1000);
    const between = residentBytes(subject.pids);
    await receivers.connect(seats.slice(half), concurrency);
    const kilobytesAtOnce = (residentBytes(subject.pids) - before) / connections / 1024;
    await delay(settle * 1000);
    const after = residentBytes(subject.pids);
    const { seconds, busyCpuSeconds, storeCpuSeconds } = await measureCpu(subject, 0, () => delay(WATCHED_MS));
    await receivers.results();
    await atPeak();
    return {
      connections,
      megabytesBefore: before / 2 ** 20,
      kilobytesPerConnection: (after - before) / connections / 1024,
      // Of what was free in the heap before nothing is left to them.
      kilobytesOfSecondHalf: (after - between) / half / 1024,
      kilobytesAtOnce,
      idleMicroseconds: (busyCpuSeconds * 1e6) / seconds / connections,
      idleStoreMicroseconds: (storeCpuSeconds * 1e6) / seconds / connections,
    };
  } finally {
    await receivers.stop();
  }
}
