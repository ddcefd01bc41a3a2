// The CPU time of a process, all its threads together, as the kernel counts it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMicros } from './content.mjs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** Longer than ACK_SETTLE_MS, so that acknowledgements and what is written after them are paid for. */
const SETTLE_MS = 2500;

/** Seconds of CPU time, user and system, that a process has used (proc(5), /proc/pid/stat fields 14 and 15). */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name, in parentheses, may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Looks every so often whether a process has become quiet, and takes it for quiet at this share of a core. */
const QUIET_INTERVAL_MS = 500;
const QUIET_SHARE = 0.06;
const QUIET_LIMIT = 20;

/** When the newest measurement began and ended, in microseconds of the monotonic clock: a profile looks at what lies between. */
export const measuredSpan = { begun: 0, ended: 0 };

/**
 * Repeats `work` until the process has used `atLeast` seconds of CPU time for it, to be well above the kernel's ticks of 10 ms.
 *
 * @returns how often, the seconds by the clock, those of CPU until the work was done (busyCpuSeconds), and those with what the process has
 * still to do afterwards (cpuSeconds)
 */
export async function measureCpu(pid, atLeast, work) {
  await untilQuiet(pid);
  const cpuBefore = cpuSeconds(pid);
  const begun = performance.now();
  measuredSpan.begun = monotonicMicros();
  let times = 0;
  do {
    await work();
    times++;
  } while (cpuSeconds(pid) - cpuBefore < atLeast);
  const seconds = (performance.now() - begun) / 1000;
  const busyCpuSeconds = cpuSeconds(pid) - cpuBefore;
  await delay(SETTLE_MS);
  measuredSpan.ended = monotonicMicros();
  return { times, seconds, busyCpuSeconds, cpuSeconds: cpuSeconds(pid) - cpuBefore };
}

/** Repeats `work` until the process has used so much CPU time: code gets compiled, buffers grow. */
export async function warmUp(pid, atLeast, work) {
  const cpuBefore = cpuSeconds(pid);
  do await work();
  while (cpuSeconds(pid) - cpuBefore < atLeast);
}

/** What came before, connecting and warming up, is not to be paid for in what is measured next. Gives up after a while. */
async function untilQuiet(pid) {
  for (let i = 0; i < QUIET_LIMIT; i++) {
    const before = cpuSeconds(pid);
    await delay(QUIET_INTERVAL_MS);
    if (cpuSeconds(pid) - before <= (QUIET_SHARE * QUIET_INTERVAL_MS) / 1000) return;
  }
}
