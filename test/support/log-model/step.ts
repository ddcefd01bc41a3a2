// The steps of a random run: what happens to the server, its store, its peers and the lines between them.
import fc from 'fast-check';
import type { QueueOwner } from '../../../src/log/index.js';
import { AUDIENCES } from './model-audience.js';
import { TENANT } from './model-log.js';
import type { PongHabit, SimulatedConnection } from './simulated-connection.js';
import type { Simulation } from './simulation.js';

const CLIENTS = ['ann', 'bob', 'cid'];
const ROOMS = ['r1', 'r2', 'r3'];
const LOGS = [...ROOMS, ...ROOMS, '@ann', '@bob'];
const DEVICES = ['', '', 'phone'];
const MOST_CONNECTIONS = 6;

/** One step; numbers choose among what is there, whatever they are. */
export interface Step {
  readonly name: string;
  run(simulation: Simulation): void | Promise<void>;
  /** For the report of a failure. */
  toString(): string;
}

function step(name: string, detail: unknown, run: Step['run']): Step {
  return { name, run, toString: () => `${name}(${JSON.stringify(detail)})` };
}

function pick(simulation: Simulation, choice: number): SimulatedConnection | undefined {
  const { open } = simulation;
  return open[choice % Math.max(1, open.length)];
}

/** A step on one of the open connections. */
function onConnection<T>(name: string, detail: fc.Arbitrary<T>, run: (simulation: Simulation, connection: SimulatedConnection, detail: T) => void): fc.Arbitrary<Step> {
  return fc.tuple(fc.nat(MOST_CONNECTIONS), detail).map(([choice, chosen]) =>
    step(name, [choice, chosen], (simulation) => {
      const connection = pick(simulation, choice);
      if (connection !== undefined) run(simulation, connection, chosen);
    }),
  );
}

const client = fc.constantFrom(...CLIENTS);
const room = fc.constantFrom(...ROOMS);
const few = fc.integer({ min: 1, max: 4 });
const habit: fc.Arbitrary<PongHabit> = fc.constantFrom('answers', 'answers', 'answers', 'answers', 'garbles-once', 'garbles', 'silent');

/** Whose queue. */
export const OWNERS: readonly QueueOwner[] = CLIENTS.flatMap((clientId) => ['', 'phone'].map((device) => ({ tenant: TENANT, clientId, device })));

const publish = fc.record({ log: fc.constantFrom(...LOGS), count: few, padding: fc.constantFrom(0, 0, 40, 2_000) });
const burst = fc.record({ log: fc.constantFrom(...LOGS), count: fc.constantFrom(20, 70, 300, 500), padding: fc.constant(0) });
const huge = fc.record({ log: room, count: fc.integer({ min: 1, max: 3 }), padding: fc.constantFrom(70_000, 400_000) });

function publishing(name: string, detail: fc.Arbitrary<{ log: string; count: number; padding: number }>): fc.Arbitrary<Step> {
  return detail.map((chosen) =>
    step(name, chosen, ({ store }) => {
      for (let i = 0; i < chosen.count; i++) store.publish(chosen.log, chosen.padding);
    }),
  );
}

const changeMember = fc
  .record({ room, client, kind: fc.constantFrom('joined', 'joined', 'left'), silent: fc.boolean() })
  .map((chosen) => step('change member', chosen, ({ store }) => store.changeMember(chosen.room, chosen.client, chosen.kind, chosen.silent)));

/** Calls that are carried out in the middle of a step see the store as it was for that moment only. */
const interlude = fc.record({ calls: fc.constantFrom(0, 0, 1, 3), published: fc.nat(3) });

function pause({ line, store }: Simulation, log: string, { calls, published }: { calls: number; published: number }): void {
  for (let i = 0; i < published; i++) store.publish(log, 0);
  line.carryOut(calls);
}

const rejoin = fc.record({ room, client, between: interlude, published: fc.nat(8), calls: fc.nat(2) }).map((chosen) =>
  step('leave and rejoin', chosen, (simulation) => {
    simulation.store.changeMember(chosen.room, chosen.client, 'left', false);
    pause(simulation, chosen.room, chosen.between);
    simulation.store.changeMember(chosen.room, chosen.client, 'joined', false);
    pause(simulation, chosen.room, chosen);
  }),
);

const createRoom = fc
  .record({ room, members: fc.subarray(CLIENTS) })
  .map((chosen) => step('create room', chosen, ({ store }) => store.createRoom(chosen.room, chosen.members)));

const deleteRoom = room.map((chosen) => step('delete room', chosen, ({ store }) => store.deleteRoom(chosen)));

const remakeRoom = fc.record({ room, members: fc.subarray(CLIENTS), between: interlude, published: fc.nat(3), calls: fc.nat(2) }).map((chosen) =>
  step('delete and create room', chosen, (simulation) => {
    simulation.store.deleteRoom(chosen.room);
    pause(simulation, chosen.room, { ...chosen.between, published: 0 });
    simulation.store.createRoom(chosen.room, chosen.members);
    pause(simulation, chosen.room, chosen);
  }),
);

const losePublications = fc
  .record({ log: fc.constantFrom(...LOGS), clients: fc.constant(CLIENTS) })
  .map((chosen) => step('lose publications', chosen, ({ line, store }) => line.lose(chosen.log, store.log(chosen.log).resync(chosen.clients))));

/** By its place in the list, which reads better in a report. */
const audience = fc.nat(AUDIENCES.length - 1);

const connect = fc
  .record({ clientId: client, device: fc.constantFrom(...DEVICES), mode: fc.constantFrom('transport', 'transport', 'transport', 'client'), habit, audience, compressed: fc.boolean() })
  .map((chosen) =>
    step('connect', chosen, (simulation) => {
      if (simulation.open.length >= MOST_CONNECTIONS) return;
      const owner = { tenant: TENANT, clientId: chosen.clientId, device: chosen.device };
      const { mode, habit: answers, compressed } = chosen;
      simulation.connect({ owner, mode, habit: answers, audience: AUDIENCES[chosen.audience], compressed });
    }),
  );

const flow = fc.constant(step('flow', '', (simulation) => simulation.flow()));
const carryOut = few.map((count) => step('carry out calls', count, ({ line }) => line.carryOut(count)));
const feed = fc.constantFrom(1, 2, 5, 100, 1_000).map((count) => step('feed', count, (simulation) => simulation.feed(count)));
const answer = fc.nat(4).map((choice) => step('answer', choice, async (simulation) => void (await simulation.answer(choice))));
const pass = fc
  .record({ ms: fc.constantFrom(100, 100, 500, 1_000, 2_000, 3_000, 26_000, 40_000), flushing: fc.boolean() })
  .map((chosen) => step('time passes', chosen, (simulation) => simulation.pass(chosen.ms, chosen.flushing)));
const turn = few.map((count) => step('turn', count, (simulation) => simulation.turn(count)));
const flush = fc.constant(step('flush cursors', '', (simulation) => void simulation.flushCursors()));
const failCall = fc.constant(step('fail next call', '', ({ line }) => line.failNext()));
const restart = fc.constant(step('restart', '', (simulation) => simulation.restart()));

/** Any step, each as often as it helps to get somewhere. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: publishing('publish', publish) },
  { weight: 3, arbitrary: publishing('burst', burst) },
  { weight: 1, arbitrary: publishing('publish much', huge) },
  { weight: 6, arbitrary: changeMember },
  { weight: 2, arbitrary: rejoin },
  { weight: 3, arbitrary: createRoom },
  { weight: 1, arbitrary: deleteRoom },
  { weight: 2, arbitrary: remakeRoom },
  { weight: 2, arbitrary: losePublications },
  { weight: 7, arbitrary: connect },
  { weight: 6, arbitrary: flow },
  { weight: 5, arbitrary: carryOut },
  { weight: 7, arbitrary: feed },
  { weight: 4, arbitrary: turn },
  { weight: 5, arbitrary: answer },
  { weight: 5, arbitrary: pass },
  { weight: 1, arbitrary: flush },
  { weight: 1, arbitrary: failCall },
  { weight: 1, arbitrary: restart },
  { weight: 3, arbitrary: onConnection('cut', fc.constant(''), (simulation, connection) => simulation.end(connection, 'broken')) },
  { weight: 1, arbitrary: onConnection('close', fc.constant(''), (simulation, connection) => simulation.end(connection, 'handshake')) },
  { weight: 1, arbitrary: onConnection('close from server', fc.constant(''), (simulation, connection) => simulation.closeFromServer(connection)) },
  { weight: 2, arbitrary: onConnection('refilter', audience, (simulation, connection, chosen) => simulation.refilter(connection, AUDIENCES[chosen])) },
  { weight: 3, arbitrary: onConnection('stick', fc.boolean(), (_simulation, connection, stuck) => void (connection.stuck = stuck)) },
  { weight: 5, arbitrary: onConnection('transmit', few, (_simulation, connection, count) => connection.transmit(count)) },
  { weight: 5, arbitrary: onConnection('arrive', few, (_simulation, connection, count) => connection.arrive(count)) },
  { weight: 4, arbitrary: onConnection('take pongs', few, (simulation, connection, count) => simulation.takePongs(connection, count)) },
  { weight: 3, arbitrary: onConnection('acknowledge', fc.tuple(fc.nat(3), fc.nat(2)), (simulation, connection, [choice, back]) => simulation.acknowledge(connection, choice, back)) },
  { weight: 1, arbitrary: onConnection('unsolicited pong', fc.constant(''), (_simulation, connection) => connection.sendUnsolicitedPong()) },
  { weight: 1, arbitrary: onConnection('hear', fc.constant(''), (simulation, connection) => simulation.hear(connection)) },
  { weight: 1, arbitrary: onConnection('status', fc.constantFrom(1, 1, 3, 100), (simulation, connection, count) => simulation.writeStatus(connection, count)) },
);
