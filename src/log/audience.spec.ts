// What a connection's audience excludes is not written, and does not come again.
import { beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionWish, Simulation, type SimulatedConnection } from '../../test/support/log-model/index.js';
import type { Audience } from './audience.js';

const SETTLED_MS = 2_500;
const ANN: ConnectionWish = { owner: { tenant: 't', clientId: 'ann', device: '' }, mode: 'transport', habit: 'answers' };
const only = (type: string): Audience => ({ key: type, receives: (asked) => asked === type });
const MESSAGES = only('message');
const UPDATES = only('room_update');

let simulation: Simulation;
function start(queueMax = 1_000, tailCacheBytes = 1e6): void {
  simulation = new Simulation({ queueMax, tailCacheBytes, sendBufferMaxBytes: 100_000, ackIntervalMs: 1_000 });
  simulation.store.createRoom('r', ['ann']);
}
beforeEach(() => start());

async function connect(wish: Partial<ConnectionWish> = {}): Promise<SimulatedConnection> {
  const connection = simulation.connect({ ...ANN, ...wish });
  await simulation.flow();
  return connection;
}

/** Messages, each with somebody's joining or leaving before it: the odd numbers are updates, the even ones messages. */
function publishMixed(count: number): void {
  for (let i = 0; i < count; i++) {
    const isMember = simulation.store.log('r').members.some(({ clientId }) => clientId === 'bob');
    simulation.store.changeMember('r', 'bob', isMember ? 'left' : 'joined', false);
    simulation.store.publish('r', 0);
  }
}

const seqs = ({ arrived }: SimulatedConnection): (number | undefined)[] => arrived.received.map(({ seq }) => seq);
const evens = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 * i + 2);

async function settle(): Promise<void> {
  await simulation.flow();
  simulation.pass(1_000);
  await simulation.flow();
  simulation.pass(SETTLED_MS);
  void simulation.flushCursors();
  await simulation.flow();
}

describe('an audience', () => {
  it('chooses among what comes live', async () => {
    const [all, messages] = [await connect(), await connect({ audience: MESSAGES })];
    publishMixed(3);
    await simulation.flow();
    expect([seqs(all), seqs(messages)]).toEqual([[1, 2, 3, 4, 5, 6], evens(3)]);
  });

  it('selects once for all connections that share its key, which share one buffer', async () => {
    const connections = [await connect({ audience: only('message') }), await connect({ audience: only('message') })];
    const written: Buffer[] = [];
    for (const connection of connections) {
      const write = connection.write.bind(connection);
      connection.write = (frames) => (written.push(frames), write(frames));
    }
    publishMixed(2);
    simulation.feed(100);
    expect(written.length).toBe(2);
    expect(written[0]).toBe(written[1]);
  });

  it.each([['the tails', 1e6], ['the store', 0]])('chooses among what is caught up from %s, more than a window of it', async (_from, tailCacheBytes) => {
    start(1_000, tailCacheBytes);
    await connect({ owner: { ...ANN.owner, device: 'other' } });
    const slow = await connect({ audience: MESSAGES });
    slow.stuck = true;
    publishMixed(450);
    await simulation.flow();
    slow.stuck = false;
    await simulation.flow();
    expect(seqs(slow)).toEqual(evens(450));
  });

  it('chooses among what waited in the queue, and does not get it again', async () => {
    publishMixed(450);
    const connection = await connect({ audience: UPDATES });
    expect(seqs(connection)).toEqual(evens(450).map((seq) => seq - 1));
    await settle();
    expect(simulation.store.cursor(ANN.owner, 'r')).toBe(900);
    simulation.end(connection, 'handshake');
    expect(seqs(await connect({ audience: UPDATES }))).toEqual([]);
  });

  it('that excludes everything lets the cursor rise all the same', async () => {
    await connect({ audience: only('nothing') });
    publishMixed(5);
    await settle();
    expect(simulation.store.cursor(ANN.owner, 'r')).toBe(10);
  });

  it('chooses among the last that a leaver gets, and the last of a deleted room', async () => {
    const [leaver, stayer] = [await connect({ audience: MESSAGES }), await connect({ owner: { ...ANN.owner, clientId: 'cid' }, audience: UPDATES })];
    simulation.store.changeMember('r', 'cid', 'joined', false);
    simulation.store.publish('r', 0);
    simulation.store.changeMember('r', 'ann', 'left', false);
    simulation.store.publish('r', 0);
    simulation.store.deleteRoom('r');
    simulation.feed(100);
    for (const connection of [leaver, stayer]) {
      connection.transmit(10);
      connection.arrive(10);
    }
    expect([seqs(leaver), seqs(stayer)]).toEqual([[2], [1, 3, 5]]);
    expect(stayer.stream?.subscriptions.get('r')?.sentSeq).toBe(5);
  });

  it('can be replaced while the connection is open', async () => {
    const connection = await connect({ audience: MESSAGES });
    publishMixed(1);
    await simulation.flow();
    simulation.changeAudience(connection, UPDATES);
    publishMixed(1);
    await simulation.flow();
    simulation.changeAudience(connection, undefined);
    publishMixed(1);
    await simulation.flow();
    expect(seqs(connection)).toEqual([2, 3, 5, 6]);
  });

  it('moves past statuses that it excludes', async () => {
    const [messages, statuses] = [await connect({ audience: MESSAGES }), await connect({ audience: only('client_status') })];
    simulation.writeStatus(messages);
    simulation.writeStatus(statuses);
    await simulation.flow();
    expect([messages.arrived.statuses.length, statuses.arrived.statuses.length]).toEqual([0, 1]);
    expect(messages.stream?.presence.sentSeq).toBe(1);
  });

  it('that throws excludes what it was asked about, is counted, and stops nobody else', async () => {
    const broken: Audience = {
      key: 'broken',
      receives: (type, _log, notification) => {
        if (type === 'room_update') throw new Error('a rule with a fault');
        return (notification() as { seq: number }).seq > 0;
      },
    };
    const [faulty, all] = [await connect({ audience: broken }), await connect()];
    publishMixed(2);
    simulation.writeStatus(faulty);
    await simulation.flow();
    expect([seqs(faulty), seqs(all)]).toEqual([[2, 4], [1, 2, 3, 4]]);
    expect(simulation.hub.counters.failedAudiences).toBe(2);
  });
});
