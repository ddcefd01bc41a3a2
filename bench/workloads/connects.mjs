// A reconnect storm: all members of a room connect at once, as after a restart of whatever stands before the server.
import { setTimeout as delay } from 'node:timers/promises';
import { contentOf, monotonicMicros } from '../content.mjs';
import { measureCpu } from '../cpu-time.mjs';
import { startReceivers } from '../receivers/index.mjs';

/** Behind the `@` of a subject. */
export const SAME_TOKENS = 'with tokens that were verified before';

/** Before that, a server's code is still being compiled: half of the time went there in a first storm. */
const WARM_UP_CPU_SECONDS = 4;
const MEASURED_CPU_SECONDS = 2;
const CONTENT_BYTES = 100;
/** Within this time what was received is acknowledged, so that it does not come again. */
const ACKNOWLEDGED_AFTER_MS = 3000;

/** @returns a workload for so many connects */
export function connects({ count, subjects, bars }) {
  return {
    title: `reconnect storm: ${count.toLocaleString('en')} members of one room connect, 100 at a time, nothing pending`,
    options: {
      connects: { type: 'string', default: String(count) },
      concurrency: { type: 'string', default: '100' },
    },
    subjects,
    columns: ['connectsPerCpuSecond', 'connectsPerSecond'],
    bars,
    measure,
  };
}

async function measure(subject, options, { variant, atPeak }) {
  const [count, concurrency] = ['connects', 'concurrency'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    const seats = await subject.open({ rooms: 1, members: count });
    // A token that is new to the server has to be verified; one that it has seen perhaps not.
    const renew = variant === SAME_TOKENS || subject.renew === undefined ? () => seats : () => subject.renew(seats);
    const sums = { times: 0, seconds: 0, cpuSeconds: 0, busyCpuSeconds: 0, storeCpuSeconds: 0 };
    await receivers.connect(seats, concurrency);
    const comeBack = async () => {
      await proveAndDisconnect(subject, receivers);
      const comers = renew();
      return measureCpu(subject, 0, () => receivers.connect(comers, concurrency));
    };
    for (let warm = 0; warm < WARM_UP_CPU_SECONDS * subject.pids.length; ) warm += (await comeBack()).busyCpuSeconds;
    while (sums.busyCpuSeconds < MEASURED_CPU_SECONDS * subject.pids.length) {
      const measured = await comeBack();
      for (const key of Object.keys(sums)) sums[key] += measured[key];
    }
    await atPeak();
    const { times, seconds, cpuSeconds, busyCpuSeconds, storeCpuSeconds } = sums;
    const all = times * count;
    return { connects: all, busyCpuSeconds, cpuSeconds, storeCpuSeconds, connectsPerCpuSecond: all / cpuSeconds, connectsPerSecond: all / seconds };
  } finally {
    await receivers.stop();
  }
}

/** A connection worth its name gets what is published: who was let in and forgotten, or gets an old one again, makes the run void. */
async function proveAndDisconnect(subject, receivers) {
  const { finished } = await receivers.expect(1);
  await Promise.all([finished, subject.publishOne({ room: 0, content: contentOf(0, monotonicMicros(), CONTENT_BYTES) })]);
  await delay(ACKNOWLEDGED_AFTER_MS);
  await receivers.disconnect();
}
