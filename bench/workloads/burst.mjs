// Burst fan-out: one room, many members, as many notifications as one bulk publish holds, burst after burst.
import { contentOf, monotonicMicros } from '../content.mjs';
import { measureCpu, warmUp } from '../cpu-time.mjs';
import { startReceivers } from '../receivers/index.mjs';

const WARM_UP_CPU_SECONDS = 2;
const MEASURED_CPU_SECONDS = 2;

/** @returns a workload for so many members */
export function burstTo(members, { messages, subjects, bars }) {
  return {
    title: `burst fan-out: 1 room × ${members.toLocaleString('en')} members, bursts of ${messages} messages`,
    options: {
      members: { type: 'string', default: String(members) },
      messages: { type: 'string', default: String(messages) },
      bytes: { type: 'string', default: '100' },
    },
    subjects,
    columns: ['perCpuSecond', 'perSecond', 'p50', 'p99', 'p999'],
    bars,
    measure: measureBurst,
  };
}

async function measureBurst(subject, { members, messages, bytes }, { atPeak }) {
  const receivers = startReceivers();
  try {
    await receivers.connect(await subject.open({ rooms: 1, members: Number(members) }));
    let number = 0;
    let last;
    const burst = async (fresh) => {
      const { finished } = await receivers.expect(Number(messages), { fresh });
      const now = monotonicMicros();
      const items = Array.from({ length: Number(messages) }, () => ({ room: 0, content: contentOf(number++, now, Number(bytes)) }));
      [last] = await Promise.all([finished, subject.publish(items)]);
    };
    await warmUp(subject, WARM_UP_CPU_SECONDS, () => burst(false));
    let isFirst = true;
    const { times, seconds, busyCpuSeconds, cpuSeconds, storeCpuSeconds } = await measureCpu(subject, MEASURED_CPU_SECONDS, async () => {
      await burst(isFirst);
      isFirst = false;
    });
    await receivers.results();
    await atPeak();
    const { deliveries, p50, p99, p999 } = last;
    return { deliveries, bursts: times, busyCpuSeconds, cpuSeconds, storeCpuSeconds, perCpuSecond: deliveries / cpuSeconds, perSecond: deliveries / seconds, p50, p99, p999 };
  } finally {
    await receivers.stop();
  }
}
