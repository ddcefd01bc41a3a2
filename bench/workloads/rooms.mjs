// Many small rooms: a message to each of them, by one request each or by bulk publishing.
import { contentOf, monotonicMicros } from '../content.mjs';
import { measureCpu, warmUp } from '../cpu-time.mjs';
import { startReceivers } from '../receivers/index.mjs';

const WARM_UP_CPU_SECONDS = 2;
const MEASURED_CPU_SECONDS = 4;

/** @returns a workload; `isBulk` publishes to all rooms at once, in the way that is quickest for the subject */
export function toRooms({ isBulk, subjects, bars }) {
  return {
    title: `1,000 rooms × 10 members, a message to each room, ${isBulk ? 'published in bulk' : 'one POST each'}`,
    options: {
      rooms: { type: 'string', default: '1000' },
      members: { type: 'string', default: '10' },
      bytes: { type: 'string', default: '100' },
    },
    subjects,
    columns: ['perCpuSecond', 'perSecond', 'p50', 'p99', 'p999'],
    bars,
    measure: (subject, options, context) => measure(subject, options, context, isBulk),
  };
}

async function measure(subject, options, { atPeak }, isBulk) {
  const [rooms, members, bytes] = ['rooms', 'members', 'bytes'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    await receivers.connect(await subject.open({ rooms, members }));
    let number = 0;
    let results;
    const toEach = async (fresh) => {
      const { finished } = await receivers.expect(1, { fresh });
      const now = monotonicMicros();
      const items = Array.from({ length: rooms }, (_, room) => ({ room, content: contentOf(number, now, bytes) }));
      number++;
      const published = isBulk ? subject.publish(items) : Promise.all(items.map((item) => subject.publishOne(item)));
      [results] = await Promise.all([finished, published]);
    };
    await warmUp(subject, WARM_UP_CPU_SECONDS, () => toEach(false));
    let isFirst = true;
    const { seconds, busyCpuSeconds, cpuSeconds, storeCpuSeconds } = await measureCpu(subject, MEASURED_CPU_SECONDS, async () => {
      await toEach(isFirst);
      isFirst = false;
    });
    await receivers.results();
    await atPeak();
    const { deliveries, p50, p99, p999 } = results;
    return { deliveries, busyCpuSeconds, cpuSeconds, storeCpuSeconds, perCpuSecond: deliveries / cpuSeconds, perSecond: deliveries / seconds, p50, p99, p999 };
  } finally {
    await receivers.stop();
  }
}
