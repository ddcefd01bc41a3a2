// A drain: clients that were away come back to full queues, as after an outage.
import { setTimeout as delay } from 'node:timers/promises';
import { contentOf, monotonicMicros } from '../content.mjs';
import { measureCpu } from '../cpu-time.mjs';
import { startReceivers } from '../receivers/index.mjs';

/** Before that, a server's code is still being compiled, as in `connects`. */
const WARM_UP_CPU_SECONDS = 3;
const MAX_WARM_UPS = 25;
const MEASURED_CPU_SECONDS = 1;
const MAX_TIMES = 10;
const CONCURRENCY = 50;
/** Until a server has noticed who is away. */
const AWAY_AFTER_MS = 1000;

/** @returns a workload; the clients are spread evenly over so many rooms */
export function drain({ rooms, subjects, bars }) {
  return {
    title: `drain: 200 clients × 1,000 queued notifications, ${rooms === 1 ? 'one room' : `${rooms} rooms`}`,
    options: {
      rooms: { type: 'string', default: String(rooms) },
      clients: { type: 'string', default: '200' },
      queued: { type: 'string', default: '1000' },
      bytes: { type: 'string', default: '100' },
    },
    subjects,
    columns: ['perCpuSecond', 'perSecond'],
    bars,
    measure,
  };
}

async function measure(subject, options, { atPeak }) {
  const [rooms, clients, queued, bytes] = ['rooms', 'clients', 'queued', 'bytes'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    const seats = await subject.open({ rooms, members: clients / rooms, persistent: true });
    await receivers.connect(seats, CONCURRENCY);
    const fillAndDrain = async () => {
      await receivers.disconnect();
      await delay(AWAY_AFTER_MS);
      await subject.publish(queueOf(rooms, queued, bytes));
      return measureCpu(subject, 0, () => receivers.connectAndReceive(seats, queued, CONCURRENCY));
    };
    for (let warm = 0, times = 0; warm < WARM_UP_CPU_SECONDS * subject.pids.length && times < MAX_WARM_UPS; times++) warm += (await fillAndDrain()).busyCpuSeconds;
    const sums = { times: 0, seconds: 0, cpuSeconds: 0, busyCpuSeconds: 0, storeCpuSeconds: 0 };
    while (sums.busyCpuSeconds < MEASURED_CPU_SECONDS && sums.times < MAX_TIMES) {
      const measured = await fillAndDrain();
      for (const key of Object.keys(sums)) sums[key] += measured[key];
    }
    await receivers.results();
    await atPeak();
    const { times, seconds, busyCpuSeconds, cpuSeconds, storeCpuSeconds } = sums;
    const deliveries = times * clients * queued;
    return { deliveries, times, busyCpuSeconds, cpuSeconds, storeCpuSeconds, perCpuSecond: deliveries / cpuSeconds, perSecond: deliveries / seconds };
  } finally {
    await receivers.stop();
  }
}

/** So many notifications for each room, the rooms taking turns. Receivers that come back count from 0 again. */
function queueOf(rooms, queued, bytes) {
  const now = monotonicMicros();
  return Array.from({ length: rooms * queued }, (_, i) => ({ room: i % rooms, content: contentOf(Math.floor(i / rooms), now, bytes) }));
}
