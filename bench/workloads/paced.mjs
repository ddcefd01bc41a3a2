// Paced fan-out: one room, many members, notifications published one by one at a steady pace.
import { measureCpu } from '../cpu-time.mjs';
import { publishSteadily } from '../open-loop.mjs';
import { startReceivers } from '../receivers/index.mjs';

const WARM_UP_SECONDS = 3;

/** @returns a workload at so many notifications a second */
export function paced({ rate, subjects, bars }) {
  return {
    title: `paced fan-out: 1 room × 1,000 members, ${rate.toLocaleString('en')} messages a second, one POST each`,
    options: {
      members: { type: 'string', default: '1000' },
      rate: { type: 'string', default: String(rate) },
      seconds: { type: 'string', default: '10' },
      bytes: { type: 'string', default: '100' },
    },
    subjects,
    columns: ['perCpuSecond', 'cpuShare', 'perSecond', 'p50', 'p99', 'p999'],
    bars,
    measure,
  };
}

async function measure(subject, options, { atPeak }) {
  const [members, rate, seconds, bytes] = ['members', 'rate', 'seconds', 'bytes'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    await receivers.connect(await subject.open({ rooms: 1, members }));
    let firstNumber = 0;
    const publish = async (duration, fresh) => {
      const count = rate * duration;
      const { finished } = await receivers.expect(count, { fresh, concurrent: true });
      const [results] = await Promise.all([finished, publishSteadily(subject, { rate, count, bytes, firstNumber })]);
      firstNumber += count;
      return results;
    };
    await publish(WARM_UP_SECONDS, false);
    let results;
    const measured = await measureCpu(subject, 0, async () => {
      results = await publish(seconds, true);
    });
    await receivers.results();
    await atPeak();
    const { deliveries, p50, p99, p999 } = results;
    const { busyCpuSeconds, cpuSeconds, storeCpuSeconds } = measured;
    return {
      deliveries,
      busyCpuSeconds,
      cpuSeconds,
      storeCpuSeconds,
      perCpuSecond: deliveries / cpuSeconds,
      cpuShare: (100 * busyCpuSeconds) / measured.seconds,
      perSecond: deliveries / measured.seconds,
      p50,
      p99,
      p999,
    };
  } finally {
    await receivers.stop();
  }
}
