// The receivers' process as seen from a workload.
import { fileURLToPath } from 'node:url';
import { LOAD_CORE, startPinned } from '../child.mjs';

const SCRIPT = fileURLToPath(new URL('./main.mjs', import.meta.url));

/**
 * Starts a process for receivers, on the core of the load. Every method throws when anything was lost, repeated or out of order: the run is void.
 *
 * @param stallMs when nothing has arrived for so long, what is missing counts as lost
 */
export function startReceivers({ core = LOAD_CORE, stallMs = 20_000 } = {}) {
  const child = startPinned(core, SCRIPT, [String(stallMs)], {}, ['--max-semi-space-size=32']);
  const ask = async (message, answer) => {
    const answered = child.message(({ kind }) => kind === answer);
    child.send(message);
    return verified(await answered);
  };
  return {
    pid: child.pid,
    /** Resolves when all seats get notifications. A seat with `reads: false` is not read from once it is ready. */
    connect: (seats, concurrency = 50) => ask({ kind: 'connect', seats, concurrency }, 'connected'),
    /**
     * Connects all seats and receives what has waited for them, so many in each room (or, with an array, `counts[room]`).
     *
     * @returns {finished, deliveries, p50, p99, p999}, once everybody has all
     */
    connectAndReceive: async (seats, counts, concurrency) => {
      const finished = child.message(({ kind }) => kind === 'finished').then(verified);
      finished.catch(() => {});
      await ask({ kind: 'connect', seats, concurrency, pending: counts }, 'connected');
      return finished;
    },
    /**
     * Each room (or, with an array, `counts[room]`) will get so many more. `fresh` forgets latencies and counts from before. `concurrent`: they
     * are published side by side, so that no order is right but one that all members of a room see; for as long as they are connected.
     *
     * @returns {finished}: a promise of {finished, deliveries, p50, p99, p999}, in milliseconds, once everybody has all
     */
    expect: async (counts, { fresh = false, concurrent = false } = {}) => {
      const finished = child.message(({ kind }) => kind === 'finished').then(verified);
      // Whoever awaits it gets the rejection; until then it is not an unhandled one.
      finished.catch(() => {});
      await ask({ kind: 'expect', counts, fresh, concurrent }, 'expecting');
      return { finished };
    },
    results: () => ask({ kind: 'results' }, 'results'),
    disconnect: ({ abrupt = false } = {}) => ask({ kind: 'disconnect', abrupt }, 'disconnected'),
    stop: child.stop,
  };
}

function verified(results) {
  if (results.faults > 0) throw new Error(`the run is void, ${results.faults} faults: ${results.firstFaults.join('; ')}`);
  return results;
}
