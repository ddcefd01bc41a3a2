// What every measured notification says: its number, and when it was meant to be sent.

/** Microseconds of the machine's monotonic clock, the same one for all its processes. */
export function monotonicMicros() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** `<number> <microseconds> ` and padding up to `bytes`. Numbers count up from 0 in each room, for as long as its receivers are connected. */
export function contentOf(number, micros, bytes) {
  return `${number} ${micros} `.padEnd(bytes, 'x');
}

const WORDS = (
  'the room has a new message from our team about when we can meet this week and what to bring please see notes that were sent before ' +
  'today or answer here so everybody knows who will come thanks order number is ready at desk payment was received your ticket moved'
).split(' ');

/** Content like `contentOf`, padded with words, of which no two contents have the same: it can be compressed as text can. */
export function textOf(number, micros, bytes) {
  let text = `${number} ${micros} `;
  let state = number + 1;
  while (text.length < bytes) {
    // A linear congruential generator (Numerical Recipes): the same words in every run.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += `${WORDS[(state >>> 16) % WORDS.length]} `;
  }
  return text.slice(0, bytes);
}
