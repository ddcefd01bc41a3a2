// Publishes at a steady pace, whatever becomes of what was published before.
import { setTimeout as delay } from 'node:timers/promises';
import { contentOf, monotonicMicros } from './content.mjs';

/**
 * Publishes `count` notifications to the subject's first room, one by one, `rate` a second. Each bears the time at which it was due, so that
 * whoever is late, this process with it, is measured late (no coordinated omission).
 *
 * @param firstNumber continues the room's numbers
 */
export async function publishSteadily(subject, { rate, count, bytes, firstNumber }) {
  const begun = monotonicMicros() + 1000;
  const answers = [];
  while (answers.length < count) {
    const now = monotonicMicros();
    for (;;) {
      const sent = answers.length;
      const due = begun + Math.round((sent * 1e6) / rate);
      if (sent === count || due > now) break;
      const answer = subject.publishOne({ room: 0, content: contentOf(firstNumber + sent, due, bytes) });
      // It is awaited below; until then a failure is not an unhandled one.
      answer.catch(() => {});
      answers.push(answer);
    }
    await delay(1);
  }
  await Promise.all(answers);
}
