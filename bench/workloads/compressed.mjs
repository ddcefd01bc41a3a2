// Compressed fan-out: members of a room that negotiated permessage-deflate.
import { monotonicMicros, textOf } from '../content.mjs';
import { measureCpu, warmUp } from '../cpu-time.mjs';
import { startReceivers } from '../receivers/index.mjs';

const WARM_UP_CPU_SECONDS = 1;
const MEASURED_CPU_SECONDS = 1;

/** What clients offer, behind the `@` of a subject: what a client says that spares the server memory, and what most libraries say. */
export const OFFERS = {
  'no context takeover': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  'plain offer': 'permessage-deflate',
};
const [NO_CONTEXT, PLAIN] = Object.keys(OFFERS);

export const compressed = {
  title: 'compressed fan-out: 1 room × 1,000 members with permessage-deflate, bursts of 50 messages of 2 KB of text',
  options: {
    members: { type: 'string', default: '1000' },
    messages: { type: 'string', default: '50' },
    bytes: { type: 'string', default: '2048' },
  },
  subjects: [`chatapi-os@${NO_CONTEXT}`, `ws-deflate@${NO_CONTEXT}`, `chatapi-os@${PLAIN}`, `ws-deflate@${PLAIN}`],
  columns: ['perCpuSecond', 'bytesPerDelivery', 'perSecond', 'p50', 'p99', 'p999'],
  bars: [NO_CONTEXT, PLAIN].map((offer) => ({ of: `chatapi-os@${offer}`, over: `ws-deflate@${offer}`, by: 'perCpuSecond', least: 100 })),
  measure,
};

async function measure(subject, options, { variant = NO_CONTEXT, atPeak }) {
  const [members, messages, bytes] = ['members', 'messages', 'bytes'].map((name) => Number(options[name]));
  const receivers = startReceivers();
  try {
    const seats = await subject.open({ rooms: 1, members });
    const headers = { 'Sec-WebSocket-Extensions': OFFERS[variant] };
    await receivers.connect(seats.map((seat) => ({ ...seat, headers: { ...seat.headers, ...headers } })));
    let number = 0;
    let last;
    const burst = async (fresh) => {
      const { finished } = await receivers.expect(messages, { fresh });
      const now = monotonicMicros();
      const items = Array.from({ length: messages }, () => ({ room: 0, content: textOf(number++, now, bytes) }));
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
    const { deliveries, compressedDeliveries, compressedBytes, p50, p99, p999 } = last;
    if (compressedDeliveries !== deliveries) throw new Error(`${deliveries - compressedDeliveries} of ${deliveries} deliveries came uncompressed`);
    return {
      deliveries,
      bursts: times,
      busyCpuSeconds,
      cpuSeconds,
      storeCpuSeconds,
      perCpuSecond: deliveries / cpuSeconds,
      bytesPerDelivery: compressedBytes / deliveries,
      perSecond: deliveries / seconds,
      p50,
      p99,
      p999,
    };
  } finally {
    await receivers.stop();
  }
}
