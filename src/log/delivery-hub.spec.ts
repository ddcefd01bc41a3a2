// Delivery by example: what random histories reach rarely, or cannot reach at all.
import { beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionWish, Simulation, type SimulatedConnection } from '../../test/support/log-model/index.js';
import { receiveFrames } from '../../test/support/received-frames.js';
import type { Audience } from './audience.js';
import type { AppendedEntry } from './log-entry.js';
import { DeliveryHub } from './delivery-hub.js';
import { STUCK_AFTER_MS, STUCK_CHECK_MS } from './delivery-options.js';
import type { QueueRead } from './queue.js';

const HEARTBEAT_INTERVAL_MS = 25_000;
const HEARTBEAT_TIMEOUT_MS = 60_000;
const SETTLED_MS = 2_500;
const WINDOW = 256;
const ANN: ConnectionWish = { owner: { tenant: 't', clientId: 'ann', device: '' }, mode: 'transport', habit: 'answers' };

let simulation: Simulation;
beforeEach(() => {
  simulation = new Simulation({ queueMax: 1_000, tailCacheBytes: 1e6, sendBufferMaxBytes: 100_000, windowNotifications: WINDOW, ackIntervalMs: 1_000, fanOutSlice: 1_000_000 });
  simulation.store.createRoom('r', ['ann']);
});

async function connect(wish: Partial<ConnectionWish> = {}): Promise<SimulatedConnection> {
  const connection = simulation.connect({ ...ANN, ...wish });
  await simulation.flow();
  return connection;
}

function publish(count: number, padding = 0): void {
  for (let i = 0; i < count; i++) simulation.store.publish('r', padding);
}

async function storedCursor(): Promise<number> {
  void simulation.flushCursors();
  await simulation.flow();
  return simulation.store.cursor(ANN.owner, 'r');
}

const seqs = ({ arrived }: SimulatedConnection): (number | undefined)[] => arrived.received.map(({ seq }) => seq);

describe('a live connection', () => {
  it('gets the entries of one batch in one write', async () => {
    const connection = await connect();
    publish(10);
    simulation.feed(10);
    connection.transmit(1);
    connection.arrive(1);
    expect(seqs(connection)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('gets its own client_left last, and nothing behind it', async () => {
    const connection = await connect();
    publish(1);
    simulation.store.changeMember('r', 'ann', 'left', false);
    publish(1);
    await simulation.flow();
    expect(seqs(connection)).toEqual([1, 2]);
  });

  it('receives from a room that it leaves and joins within one batch as its only connected member', async () => {
    const connection = await connect();
    simulation.store.changeMember('r', 'ann', 'left', false);
    publish(1);
    simulation.store.changeMember('r', 'ann', 'joined', false);
    publish(1);
    simulation.feed(100);
    connection.transmit(10);
    connection.arrive(10);
    expect(seqs(connection)).toEqual([1, 3, 4]);
  });
});

describe('acknowledgement', () => {
  it('moves the cursor after the settling time, and not before', async () => {
    await connect();
    publish(3);
    await simulation.flow();
    simulation.pass(1_000);
    await simulation.flow();
    expect(await storedCursor()).toBe(0);
    simulation.pass(SETTLED_MS);
    expect(await storedCursor()).toBe(3);
  });

  it('is left to the client in ack=client, down to the end of a deleted room', async () => {
    const connection = await connect({ mode: 'client' });
    publish(2);
    simulation.store.deleteRoom('r');
    await simulation.flow();
    simulation.pass(1_000);
    await simulation.flow();
    simulation.pass(SETTLED_MS);
    expect(await storedCursor()).toBe(0);
    simulation.acknowledge(connection, 0, 0);
    expect(await storedCursor()).toBe(3);
    simulation.end(connection, 'handshake');
    expect(seqs(await connect())).toEqual([]);
  });

  it('of an answered close covers what stood before the close frame, and nothing that was published behind it', async () => {
    const connection = await connect();
    publish(2);
    simulation.feed(10);
    simulation.closeFromServer(connection);
    publish(1);
    await simulation.flow();
    expect(connection.ending).toBe('answered');
    expect(await storedCursor()).toBe(2);
    expect(seqs(await connect())).toEqual([3]);
  });

  it('of a log that the connection does not receive from is refused', async () => {
    const { stream } = await connect();
    expect(stream && simulation.hub.acknowledge(stream, 'other', 1)).toBe(false);
  });

  it('beyond the head counts up to the head', async () => {
    const { stream } = await connect();
    publish(2);
    await simulation.flow();
    expect(stream && simulation.hub.acknowledge(stream, 'r', 1_000)).toBe(true);
    expect(simulation.hub.takeRaised(0)?.cursors).toMatchObject([{ log: 'r', seq: 2, clientSeq: 2 }]);
  });
});

describe('a peer that garbles every pong', () => {
  it('is counted once, keeps receiving past the window, and gets everything again next time', async () => {
    const connection = await connect({ habit: 'garbles' });
    for (let second = 0; second < 8; second++) {
      publish(WINDOW / 4);
      await simulation.flow();
      simulation.pass(1_000);
    }
    await simulation.flow();
    const all = Array.from({ length: 2 * WINDOW }, (_, i) => i + 1);
    expect(seqs(connection)).toEqual(all);
    expect(simulation.hub.counters.cannotAcknowledge).toBe(1);
    simulation.end(connection, 'handshake');
    expect(seqs(await connect())).toEqual(all);
  });
});

describe('a connection that does not keep up', () => {
  it('is closed when it neither drains nor acknowledges for too long', async () => {
    const connection = await connect();
    connection.stuck = true;
    publish(WINDOW + 10);
    await simulation.flow();
    simulation.pass(STUCK_AFTER_MS - 1_000);
    expect(connection.writable).toBe(true);
    simulation.pass(1_000 + STUCK_CHECK_MS);
    expect(connection.writable).toBe(false);
    expect(simulation.hub.counters.stuck).toBe(1);
  });

  it('is not closed while its buffer drains, however slowly', async () => {
    const connection = await connect();
    connection.stuck = true;
    for (let i = 0; i < 12; i++) {
      publish(1, 10_000);
      await simulation.flow();
    }
    for (let i = 0; i < 8; i++) {
      connection.stuck = false;
      connection.transmit(1);
      connection.stuck = true;
      simulation.pass(STUCK_AFTER_MS / 2);
      simulation.hear(connection);
    }
    expect(connection.writable).toBe(true);
  });

  it('is told of the statuses it missed when it flows again', async () => {
    const connection = await connect();
    connection.stuck = true;
    publish(WINDOW + 10);
    await simulation.flow();
    simulation.writeStatus(connection);
    simulation.writeStatus(connection);
    expect(connection.written.statuses).toEqual([]);
    connection.stuck = false;
    await simulation.flow();
    expect(connection.arrived.statuses.map(({ position }) => position)).toEqual([2]);
  });
});

describe('a connection with an audience', () => {
  const NEWS: Audience = { key: 'news', receives: (type) => type === 'news' };
  const STATUSES: Audience = { key: 'statuses', receives: (type) => type === 'client_status' };

  it('is given what is for it, in order, live and when it catches up', async () => {
    publish(9);
    const connection = await connect({ audience: NEWS });
    publish(9);
    await simulation.flow();
    expect(seqs(connection)).toEqual([1, 5, 9, 13, 17]);
  });

  it('shares the bytes with everybody who receives the same', async () => {
    const writes: Buffer[] = [];
    for (let i = 0; i < 3; i++) {
      const connection = await connect({ audience: { ...NEWS } });
      const write = connection.write.bind(connection);
      connection.write = (frames) => {
        writes.push(frames);
        write(frames);
      };
    }
    publish(8);
    await simulation.flow();
    expect(writes).toHaveLength(3);
    expect(new Set(writes).size).toBe(1);
  });

  it('loses nothing by what passes it by, however much: its queue does not overflow', async () => {
    const connection = await connect({ audience: STATUSES });
    for (let i = 0; i < 25; i++) {
      publish(100);
      await simulation.flow();
    }
    simulation.refilter(connection, undefined);
    publish(1);
    await simulation.flow();
    expect(seqs(connection)).toEqual([2501]);
    expect(simulation.hub.counters.droppedByOverflow).toBe(0);
    expect(simulation.hub.counters.waits).toBe(0);
  });

  it.each(['transport', 'client'] as const)('moves its cursor past what is not for it, with acknowledgement by %s', async (mode) => {
    await connect({ mode, audience: STATUSES });
    publish(3);
    await simulation.flow();
    expect(await storedCursor()).toBe(3);
  });

  it('in ack=client keeps its cursor before what it has not acknowledged, and moves it past the rest once it has', async () => {
    const connection = await connect({ mode: 'client', audience: NEWS });
    publish(8);
    await simulation.flow();
    expect(seqs(connection)).toEqual([1, 5]);
    expect(await storedCursor()).toBe(0);
    simulation.acknowledge(connection, 0, 4);
    expect(await storedCursor()).toBe(1);
    simulation.acknowledge(connection, 0, 0);
    expect(await storedCursor()).toBe(8);
  });

  it('that is written to does not move its cursor before that has arrived', async () => {
    await connect({ audience: NEWS, habit: 'silent' });
    publish(4);
    await simulation.flow();
    simulation.pass(1_000 + SETTLED_MS);
    expect(await storedCursor()).toBe(0);
  });

  it('receives by another one from the moment at which it is changed, and nothing of what was left out before', async () => {
    const connection = await connect({ audience: NEWS });
    publish(4);
    await simulation.flow();
    simulation.refilter(connection, undefined);
    publish(4);
    await simulation.flow();
    simulation.refilter(connection, STATUSES);
    publish(4);
    await simulation.flow();
    expect(seqs(connection)).toEqual([1, 5, 6, 7, 8]);
  });

  it('that fails is counted once, gets what it can tell of, and harms nobody', async () => {
    const failing: Audience = {
      key: 'failing',
      receives: (type) => {
        if (type === 'message') throw new Error('cannot tell');
        return true;
      },
    };
    const [first, second, healthy] = [await connect({ audience: failing }), await connect({ audience: failing }), await connect()];
    publish(5);
    await simulation.flow();
    expect([first, second, healthy].map(seqs)).toEqual([[1, 5], [1, 5], [1, 2, 3, 4, 5]]);
    expect(simulation.hub.counters.failedAudiences).toBe(1);
  });

  it('is not told of statuses that are not for it, nor later', async () => {
    const connection = await connect({ audience: NEWS });
    simulation.writeStatus(connection);
    await simulation.flow();
    simulation.refilter(connection, STATUSES);
    simulation.writeStatus(connection);
    await simulation.flow();
    expect(connection.arrived.statuses.map(({ position }) => position)).toEqual([2]);
  });
});

describe('a silent connection', () => {
  it('is closed after the heartbeat timeout', async () => {
    const connection = await connect({ habit: 'silent' });
    simulation.pass(HEARTBEAT_TIMEOUT_MS - 1_000);
    expect(connection.writable).toBe(true);
    simulation.pass(1_000 + HEARTBEAT_INTERVAL_MS);
    expect(connection.writable).toBe(false);
    expect(simulation.hub.counters.heartbeatsMissed).toBe(1);
  });

  it('stays open as long as it answers', async () => {
    const connection = await connect();
    for (let i = 0; i < 10; i++) {
      simulation.pass(HEARTBEAT_INTERVAL_MS);
      await simulation.flow();
    }
    expect(connection.writable).toBe(true);
  });
});

describe('a read of the store that fails', () => {
  it('is tried again once in a while, and not at every new entry', async () => {
    publish(2);
    const connection = simulation.connect(ANN);
    simulation.line.carryOut(1);
    simulation.feed(100);
    await simulation.answer(0);
    simulation.line.failNext();
    simulation.line.failNext();
    await simulation.flow();
    publish(1);
    await simulation.flow();
    expect(simulation.hub.counters.failedReads).toBe(1);
    simulation.pass(1_000);
    await simulation.flow();
    expect(simulation.hub.counters.failedReads).toBe(2);
    simulation.pass(1_000);
    await simulation.flow();
    expect(seqs(connection)).toEqual([1, 2, 3]);
  });
});

describe('a page that reaches past what the feed has brought', () => {
  it('is cut at the head, and the rest comes with the feed, once', async () => {
    const entry = (seq: number): AppendedEntry => ({
      tenant: 't',
      log: 'r',
      seq,
      memberCount: 1,
      entry: { seq, incarnation: 0, type: 'message', data: '{}', at: 0 },
    });
    const read: QueueRead = { pages: [{ log: 'r', entries: [1, 2, 3].flatMap((seq) => entry(seq).entry ?? []), through: 3 }], dropped: [] };
    const reader = { readQueue: () => Promise.resolve(read) };
    const written: Buffer[] = [];
    const sink = { bufferedBytes: 0, write: (frames: Buffer) => void written.push(frames), writeWithPing: () => undefined, writePinged: () => undefined, ping: () => undefined, close: () => undefined };
    const hub = new DeliveryHub(reader, simulation.options, simulation.clock, {
      overflowed: () => undefined,
      presenceMissed: () => undefined,
      readFailed: () => undefined,
      audienceFailed: () => undefined,
    });
    const queue = { logs: [{ log: 'r', after: 0, head: 2, memberCount: 1 }], known: false, presencePosition: 0 };
    hub.open(hub.beginOpening(ANN.owner), queue, 'transport', sink);
    await Promise.resolve();
    await Promise.resolve();
    hub.accept([entry(3)]);
    const texts = receiveFrames(Buffer.concat(written)).texts;
    expect(texts.map((text) => (JSON.parse(text) as { seq: number }).seq)).toEqual([1, 2, 3]);
  });
});

describe('a connection that is over', () => {
  it('is not held by the timers, which hold its stream until its heartbeat would have been', async () => {
    const connection = await connect();
    const stream = connection.stream;
    if (stream === undefined) throw new Error('The queue was not opened');
    expect(stream.sink).toBe(connection);
    simulation.hub.close(stream, 'broken');
    expect(stream.sink).not.toBe(connection);
  });
});

describe('a store that has lost what was sent', () => {
  it('turns everybody away who may have had it, and no cursor is raised by it', async () => {
    const connection = await connect();
    publish(5);
    await simulation.flow();
    simulation.pass(1_000);
    simulation.hub.accept([{ tenant: 't', log: 'r', seq: 2, memberCount: 0, change: { kind: 'rewound' } }]);
    await simulation.flow();
    expect(connection.ending).toBe('answered');
    simulation.pass(SETTLED_MS);
    expect(await storedCursor()).toBe(0);
  });

  it('turns away one client alone that had left, whatever it receives', async () => {
    const connection = await connect();
    publish(5);
    await simulation.flow();
    simulation.hub.accept([{ tenant: 't', log: 'other', seq: 2, memberCount: 0, change: { kind: 'rewound', clientId: 'somebody' } }]);
    await simulation.flow();
    expect(connection.ending).toBeUndefined();
    simulation.hub.accept([{ tenant: 't', log: 'other', seq: 2, memberCount: 0, change: { kind: 'rewound', clientId: 'ann' } }]);
    await simulation.flow();
    expect(connection.ending).toBe('answered');
    simulation.pass(SETTLED_MS);
    expect(await storedCursor()).toBe(5);
  });

  it('turns away who connects meanwhile too', async () => {
    const connection = simulation.connect(ANN);
    simulation.line.carryOut(10);
    simulation.hub.accept([{ tenant: 't', log: 'r', seq: 0, memberCount: 0, change: { kind: 'rewound' } }]);
    await simulation.flow();
    expect(connection.ending).toBe('answered');
  });
});
