// The server is killed in the middle of a burst, over and over: nothing that was answered may be lost.
import { describe, expect, it } from 'vitest';
import { isOverflow } from '../support/frame.js';
import { checkHistory } from '../support/history-checker.js';
import { CrashRun, QUEUE_MAX } from './crash-run.js';

const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 10);
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const TIMEOUT_MS = 60_000 + ROUNDS * 5_000;

describe(`a server that is killed (SIGKILL) in the middle of a burst, ${ROUNDS} times`, () => {
  it(
    'keeps its promises to every publisher and every client',
    async () => {
      const run = new CrashRun(ROUNDS, SEED);
      const history = await run.run();
      const { ok, fail, unknown } = history.outcomes;
      const violations = checkHistory(history, QUEUE_MAX);
      const frames = history.events.filter((event) => event.kind === 'frame').map(({ frame }) => frame);
      console.log(
        `${ROUNDS} crashes, seed ${SEED}: ${ok} publishes answered, ${unknown} unknown, ${fail} refused; ` +
          `${frames.length} frames, ${frames.filter(isOverflow).length} overflows; ${violations.length} violations`,
      );
      expect(violations).toEqual([]);
      expect(ok, 'publishes answered').toBeGreaterThanOrEqual(ROUNDS);
      expect(run.interrupted, 'rounds in which the crash left publishes unanswered').toBeGreaterThanOrEqual(Math.ceil(ROUNDS / 2));
    },
    TIMEOUT_MS,
  );
});
