// The memory of a process that is resident, as the kernel counts it.
import { readFileSync } from 'node:fs';

/** Bytes (proc(5), VmRSS of /proc/pid/status). */
export function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
