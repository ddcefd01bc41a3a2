// The memory of processes that is resident, as the kernel counts it.
import { readFileSync } from 'node:fs';

/** Bytes (proc(5), VmRSS of /proc/pid/status). */
export function residentBytes(pids) {
  return pids.reduce((sum, pid) => sum + residentBytesOf(pid), 0);
}

function residentBytesOf(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
