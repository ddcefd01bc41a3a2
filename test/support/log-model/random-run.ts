// One random run from the first step to the verdict.
import fc from 'fast-check';
import { judgeCursors, judgeDelivery } from './delivery-verdict.js';
import { Simulation, type SimulationSettings } from './simulation.js';
import { OWNERS, type Step } from './step.js';

/** Small limits, so that they are reached. */
export const anySettings: fc.Arbitrary<SimulationSettings> = fc.record({
  queueMax: fc.constantFrom(5, 20, 20, 400),
  tailCacheBytes: fc.constantFrom(0, 3_000, 20_000, 10_000_000),
  sendBufferMaxBytes: fc.constantFrom(500, 5_000, 1_000_000),
  windowNotifications: fc.constantFrom(65, 256, 1_024),
  ackIntervalMs: fc.constantFrom(50, 1_000),
  fanOutSlice: fc.constantFrom(1, 1, 2, 1_000_000),
});

/** Pongs, answers and timers have had their time several times over; shorter than what makes a peer stuck or dead. */
const SETTLING_ROUNDS = 6;
const SETTLING_ROUND_MS = 3_500;

/**
 * Carries out the steps; then lets every peer read and answer, connects each owner once more, and judges.
 *
 * @throws Error with a sentence for each promise that was broken
 */
export async function carryOutRun(settings: SimulationSettings, steps: readonly Step[]): Promise<Simulation> {
  const simulation = new Simulation(settings);
  for (const step of steps) {
    await step.run(simulation);
    simulation.check();
  }
  await settle(simulation);
  if (!simulation.hasLostCursors) raise(judgeCursors(simulation.store, simulation.connections));
  for (const owner of OWNERS) simulation.connect({ owner, mode: 'transport', habit: 'answers' });
  await settle(simulation);
  raise([...judgeDelivery(simulation.store, simulation.connections), ...judgeCursors(simulation.store, simulation.connections)]);
  await endAll(simulation);
  return simulation;
}

/** Everybody reads and answers from now on. */
async function settle(simulation: Simulation): Promise<void> {
  simulation.line.mend();
  for (const connection of simulation.open) {
    connection.stuck = false;
    if (connection.habit === 'silent') simulation.end(connection, 'broken');
  }
  for (let round = 0; round < SETTLING_ROUNDS; round++) {
    await simulation.flow();
    simulation.pass(SETTLING_ROUND_MS);
    void simulation.flushCursors();
  }
  await simulation.flow();
}

/** Nothing is kept for those who are gone. */
async function endAll(simulation: Simulation): Promise<void> {
  const { hub, store } = simulation;
  for (const connection of simulation.open) simulation.end(connection, 'handshake');
  await simulation.flow();
  simulation.countTotals();
  const kept = [...store.logs.keys()].filter((log) => hub.feedOf(OWNERS[0]?.tenant ?? '', log) !== undefined);
  raise(kept.map((log) => `the feed of ${log} is kept for nobody`));
}

function raise(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
