// What every measured notification says: its number, and when it was meant to be sent.

/** Microseconds of the machine's monotonic clock, the same one for all its processes. */
export function monotonicMicros() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** `<number> <microseconds> ` and padding up to `bytes`. Numbers count up from 0 in each room, for as long as its receivers are connected. */
export function contentOf(number, micros, bytes) {
  return `${number} ${micros} `.padEnd(bytes, 'x');
}
