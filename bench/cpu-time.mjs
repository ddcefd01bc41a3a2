// The CPU time of processes, all their threads together, as the kernel counts it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMicros } from './content.mjs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** Longer than ACK_SETTLE_MS, so that acknowledgements and what is written after them are paid for. */
const SETTLE_MS = 2500;

/** Seconds of CPU time, user and system, that processes have used together (proc(5), /proc/pid/stat fields 14 and 15). */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => sum + ticks(pid), 0) / TICKS_PER_SECOND;
}

function ticks(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name, in parentheses, may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Looks every so often whether the processes have become quiet, and takes them for quiet at this share of a core. */
const QUIET_INTERVAL_MS = 500;
const QUIET_SHARE = 0.06;
const QUIET_LIMIT = 20;

/** When the newest measurement began and ended, in microseconds of the monotonic clock: a profile looks at what lies between. */
export const measuredSpan = { begun: 0, ended: 0 };

/**
 * Repeats `work` until the subject's processes have used `atLeast` seconds of CPU time each for it, to be well above the kernel's ticks of 10 ms.
 *
 * @returns how often, the seconds by the clock, those of CPU until the work was done (busyCpuSeconds), those with what the processes have
 * still to do afterwards (cpuSeconds), and those of the store beside them, where that is a process of its own (storeCpuSeconds)
 */
export async function measureCpu({ pids, storePids = [] }, atLeast, work) {
  await untilQuiet(pids);
  const cpuBefore = cpuSeconds(pids);
  const storeBefore = cpuSeconds(storePids);
  const begun = performance.now();
  measuredSpan.begun = monotonicMicros();
  let times = 0;
  do {
    await work();
    times++;
  } while (cpuSeconds(pids) - cpuBefore < atLeast * pids.length);
  const seconds = (performance.now() - begun) / 1000;
  const busyCpuSeconds = cpuSeconds(pids) - cpuBefore;
  await delay(SETTLE_MS);
  measuredSpan.ended = monotonicMicros();
  return { times, seconds, busyCpuSeconds, cpuSeconds: cpuSeconds(pids) - cpuBefore, storeCpuSeconds: cpuSeconds(storePids) - storeBefore };
}

/** Repeats `work` until the subject's processes have used so much CPU time each: code gets compiled, in each of them, and buffers grow. */
export async function warmUp({ pids }, atLeast, work) {
  const cpuBefore = cpuSeconds(pids);
  do await work();
  while (cpuSeconds(pids) - cpuBefore < atLeast * pids.length);
}

/** What came before, connecting and warming up, is not to be paid for in what is measured next. Gives up after a while. */
async function untilQuiet(pids) {
  for (let i = 0; i < QUIET_LIMIT; i++) {
    const before = cpuSeconds(pids);
    await delay(QUIET_INTERVAL_MS);
    if (cpuSeconds(pids) - before <= (QUIET_SHARE * QUIET_INTERVAL_MS) / 1000) return;
  }
}
