// Slow readers: what those who read notice of members of their room that never do.
import { measureCpu } from '../cpu-time.mjs';
import { publishSteadily } from '../open-loop.mjs';
import { startReceivers } from '../receivers/index.mjs';

/** Notifications at the beginning that are not measured: code gets compiled, and what is kept for those who do not read fills up. */
const WARM_UP_SECONDS = 5;
const WITH_STUCK = 'members that never read beside them';

export const slowReaders = {
  title: 'slow readers: 500 members who read, 100 messages of 1 KB a second, alone and beside 500 that never read',
  options: {
    readers: { type: 'string', default: '500' },
    slow: { type: 'string', default: '500' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '1024' },
  },
  subjects: [`chatapi-fsync@${WITH_STUCK}`, 'chatapi-fsync'],
  columns: ['p99', 'p50', 'p999', 'cpuShare'],
  bars: [],
  measure,
};

async function measure(subject, options, { variant, atPeak }) {
  const [readers, slow, rate, seconds, bytes] = ['readers', 'slow', 'rate', 'seconds', 'bytes'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    const seats = await subject.open({ rooms: 1, members: readers + slow });
    const stuck = variant === WITH_STUCK ? seats.slice(readers).map((seat) => ({ ...seat, reads: false })) : [];
    await receivers.connect([...seats.slice(0, readers), ...stuck]);
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
    await atPeak();
    const { deliveries, p50, p99, p999 } = results;
    return { deliveries, cpuSeconds: measured.cpuSeconds, cpuShare: (100 * measured.busyCpuSeconds) / measured.seconds, p50, p99, p999 };
  } finally {
    await receivers.stop();
  }
}
