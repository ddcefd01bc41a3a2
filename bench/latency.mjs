// From publishing to receiving: how long notifications take at a steady pace, beside members that never read.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LOAD_CORE, startPinned } from './child.mjs';

const RECEIVERS = fileURLToPath(new URL('./latency-receivers.mjs', import.meta.url));

/** Notifications are published in small bulks at a steady pace: 500 a second. */
const BULK = 10;
const PACE_MS = 20;

/**
 * Measures one subject once: the latencies, in milliseconds, of every notification at every reader.
 *
 * @throws Error when anything was lost, repeated or out of order: such a run is void
 */
export async function measureLatency(start, { readers, slow, connectSlow, messages, contentBytes }) {
  const subject = await start();
  const receivers = startPinned(LOAD_CORE, RECEIVERS);
  try {
    const urls = await subject.prepare(readers + slow);
    receivers.send({ kind: 'connect', readers: urls.slice(0, readers), slow: connectSlow ? urls.slice(readers) : [], count: messages });
    await receivers.message(({ kind }) => kind === 'connected');
    const finished = receivers.message(({ kind }) => kind === 'finished');
    await publishSteadily(subject, messages, contentBytes);
    const { latencies } = await finished;
    if (latencies === undefined) throw new Error(`${subject.name}: notifications were lost, repeated or out of order; the run is void`);
    return latencies.sort((a, b) => a - b);
  } finally {
    await receivers.stop();
    await subject.stop();
  }
}

/** Does not wait for answers: whoever is late is measured late. */
async function publishSteadily(subject, messages, contentBytes) {
  const begun = performance.now();
  const answers = [];
  for (let sent = 0; sent < messages; sent += BULK) {
    const at = process.hrtime.bigint();
    const items = Array.from({ length: Math.min(BULK, messages - sent) }, () => ({ room_id: 'room', content: `${at} `.padEnd(contentBytes, 'x') }));
    answers.push(subject.publish(items));
    await delay(Math.max(0, begun + (sent / BULK + 1) * PACE_MS - performance.now()));
  }
  await Promise.all(answers);
}

/** The latency that this share of all notifications did not exceed; the latencies are sorted. */
export function percentile(latencies, share) {
  return latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
}
