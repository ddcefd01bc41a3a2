// HTTP publishing alone: a room whose members are all away.
import { contentOf, monotonicMicros } from '../content.mjs';
import { measureCpu, warmUp } from '../cpu-time.mjs';

const CPU_SECONDS = 2;
const BATCH = 1000;

/** @returns a workload; `isBulk`: 1,000 messages a request */
export function publishing({ isBulk, bars }) {
  return {
    title: `HTTP publish, ${isBulk ? 'bulks of 1,000' : 'one POST each'}, nobody connected`,
    options: { bytes: { type: 'string', default: '100' } },
    subjects: ['chatapi-os', 'chatapi-fsync', 'chatapi-redis', 'ws', 'nest'],
    columns: ['requestsPerCpuSecond', 'perSecond'],
    bars,
    measure: async (subject, { bytes }, { atPeak }) => {
      await subject.open({ rooms: 1, members: 1 });
      let number = 0;
      const batch = () => {
        const items = Array.from({ length: BATCH }, () => ({ room: 0, content: contentOf(number++, monotonicMicros(), Number(bytes)) }));
        return isBulk ? subject.publish(items) : Promise.all(items.map((item) => subject.publishOne(item)));
      };
      await warmUp(subject, CPU_SECONDS, batch);
      const { times, seconds, cpuSeconds, storeCpuSeconds } = await measureCpu(subject, CPU_SECONDS, batch);
      await atPeak();
      const messages = times * BATCH;
      return { messages, cpuSeconds, storeCpuSeconds, requestsPerCpuSecond: messages / cpuSeconds, perSecond: messages / seconds };
    },
  };
}
