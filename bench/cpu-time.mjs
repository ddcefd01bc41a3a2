// The CPU time of a process, all its threads together, as the kernel counts it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

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

/**
 * Repeats `work` until the process has used `atLeast` seconds of CPU time for it, to be well above the kernel's ticks of 10 ms.
 *
 * @returns how often, the seconds by the clock, and those of CPU, with what the process has still to do once the work is done
 */
export async function measureCpu(pid, atLeast, work) {
  const cpuBefore = cpuSeconds(pid);
  const begun = performance.now();
  let times = 0;
  do {
    await work();
    times++;
  } while (cpuSeconds(pid) - cpuBefore < atLeast);
  const seconds = (performance.now() - begun) / 1000;
  await delay(SETTLE_MS);
  return { times, seconds, cpuSeconds: cpuSeconds(pid) - cpuBefore };
}

/** Repeats `work` until the process has used so much CPU time: code gets compiled, buffers grow. */
export async function warmUp(pid, atLeast, work) {
  const cpuBefore = cpuSeconds(pid);
  do await work();
  while (cpuSeconds(pid) - cpuBefore < atLeast);
}
