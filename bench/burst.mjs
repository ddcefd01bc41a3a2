// Burst fan-out: one room, many members, as many notifications as one bulk publish holds.
import { fileURLToPath } from 'node:url';
import { LOAD_CORE, startPinned } from './child.mjs';
import { cpuSeconds } from './cpu-time.mjs';

const WARM_UPS = 3;
const RECEIVERS = fileURLToPath(new URL('./receivers.mjs', import.meta.url));

/**
 * Measures one subject: deliveries per CPU second of the server's process, and the rate by the clock.
 *
 * @throws Error when anything was lost, repeated or out of order: such a run is void
 */
export async function measureBurst(start, { members, messages, contentBytes }) {
  const subject = await start();
  const receivers = startPinned(LOAD_CORE, RECEIVERS);
  try {
    const urls = await subject.prepare(members);
    receivers.send({ kind: 'connect', urls });
    await receivers.message(({ kind }) => kind === 'connected');
    // Not measured: code gets compiled, buffers grow.
    for (let i = 0; i < WARM_UPS; i++) await burst(subject, receivers, messages, contentBytes);
    const cpuBefore = cpuSeconds(subject.pid);
    const begun = performance.now();
    await burst(subject, receivers, messages, contentBytes);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuSeconds(subject.pid) - cpuBefore;
    const deliveries = members * messages;
    return { name: subject.name, deliveries, cpuSeconds: cpu, perCpuSecond: deliveries / cpu, perSecond: deliveries / seconds };
  } finally {
    await receivers.stop();
    await subject.stop();
  }
}

async function burst(subject, receivers, messages, contentBytes) {
  receivers.send({ kind: 'expect', count: messages });
  await receivers.message(({ kind }) => kind === 'expecting');
  const items = Array.from({ length: messages }, (_, i) => ({ room_id: 'room', content: `${i} `.padEnd(contentBytes, 'x') }));
  const finished = receivers.message(({ kind }) => kind === 'finished');
  await subject.publish(items);
  const { faults } = await finished;
  if (faults > 0) throw new Error(`${subject.name}: ${faults} notifications lost, repeated or out of order; the run is void`);
}
