// Clients that never read cost bounded memory, delay nobody, and are told what they missed (docs/architecture.md, one connection).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { Frame } from '../support/frame.js';
import { Metrics } from '../support/metrics.js';
import { type MemoryReport, ProbedServer } from '../support/probed-server.js';
import { RawClient } from '../support/raw-client.js';
import { RecordingClient } from '../support/recording-client.js';
import { signToken } from '../support/tokens.js';

const READERS = 20;
const SLOW = 500;
const NOTIFICATIONS = 10_000;
const CONTENT_BYTES = 1024;
const QUEUE_MAX = 1000;

/** One bulk publish; the next one follows when the readers have this one, or they would be slow themselves. */
const BATCH = 500;

/** The most that memory may grow for each client that does not read, bytes. */
const BYTES_PER_SLOW_CLIENT = 1024 * 1024;

/** So many of the slow come back and read what is left; 1,000 notifications each. */
const RETURNING = 10;

/** Not reading for 30 s closes a connection; it is noticed 5 s later at most. */
const STUCK_TIMEOUT_MS = 60_000;

const server = new ProbedServer();

beforeAll(() => server.start());
afterAll(() => server.destroy());

const isMessage = ({ type }: Frame): boolean => type === 'message';

/** The number of the message that came last. */
function newest({ received }: RecordingClient): number | undefined {
  return received.findLast(({ frame }) => isMessage(frame))?.frame.seq;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

async function connectReaders(prefix: string): Promise<RecordingClient[]> {
  return Promise.all(names(prefix, READERS).map((name) => new RecordingClient(server, name, { plain: true }).connect()));
}

/** Connects, sees that its queue is open, and never reads again. */
async function connectSlow(clientId: string): Promise<RawClient> {
  const client = await new RawClient({ port: server.port, token: signToken({ sub: clientId }) }).opened();
  client.socket.pause();
  return client;
}

/** Publishes all of it, at the pace of the readers. */
async function publish(room: string, readers: readonly RecordingClient[]): Promise<void> {
  const content = 'x'.repeat(CONTENT_BYTES);
  for (let sent = 0; sent < NOTIFICATIONS; ) {
    await server.admin.publishAll(Array.from({ length: BATCH }, () => ({ room_id: room, content })));
    sent += BATCH;
    await Promise.all(readers.map((reader) => reader.until(`notification ${sent}`, () => newest(reader) === sent)));
  }
}

/** Every number once, in order, and nothing else. */
function expectAll(readers: readonly RecordingClient[]): void {
  const all = Array.from({ length: NOTIFICATIONS }, (_, index) => index + 1);
  for (const reader of readers) expect(reader.frames.filter((frame) => frame.type !== 'client_status').map(({ seq }) => seq)).toEqual(all);
}

function objects({ heapUsed, external }: MemoryReport): number {
  return heapUsed + external;
}

async function activeConnections(): Promise<number> {
  return ((await (await fetch(`${server.origin}/ws/health`)).json()) as { active_connections: number }).active_connections;
}

/** What a client that comes back is told it has lost, and the numbers that it gets. */
async function comeBack(clientId: string): Promise<{ dropped: number; received: (number | undefined)[] }> {
  const client = await new RecordingClient(server, clientId).connect();
  await client.until('the newest notification', () => newest(client) === NOTIFICATIONS);
  const overflows = client.frames.filter(({ data }) => data.code === 'QUEUE_OVERFLOW');
  await client.closeCleanly();
  return {
    dropped: overflows.reduce((sum, { data }) => sum + (data.dropped ?? 0), 0),
    received: client.frames.filter(isMessage).map(({ seq }) => seq),
  };
}

describe(`${SLOW} clients that never read`, () => {
  it('cost at most 1 MiB each, take nothing from those who read, and are told what they missed', async () => {
    await server.admin.createRoom({ id: 'without', members: names('reader', READERS) });
    const before = await connectReaders('reader');
    await publish('without', before);
    expectAll(before);
    await Promise.all(before.map((reader) => reader.closeCleanly()));
    const baseline = await server.memory();

    const slowNames = names('slow', SLOW);
    await server.admin.createRoom({ id: 'with', members: [...names('other', READERS), ...slowNames] });
    const readers = await connectReaders('other');
    const slow = await Promise.all(slowNames.map(connectSlow));
    await publish('with', readers);
    expectAll(readers);
    const loaded = await server.memory();
    // All of them are still there: it is their memory that was measured.
    expect(await activeConnections()).toBe(SLOW + READERS);
    expect(objects(loaded) - objects(baseline)).toBeLessThan(SLOW * BYTES_PER_SLOW_CLIENT);
    expect(loaded.peakRss - baseline.peakRss).toBeLessThan(SLOW * BYTES_PER_SLOW_CLIENT);

    await eventually('the slow to be closed', async () => (await activeConnections()) === READERS, STUCK_TIMEOUT_MS, 500);
    for (const { socket } of slow) socket.resume();
    await Promise.all(slow.map((client) => client.ended()));
    // Where the close frame stood behind more than the network holds, it was never sent: the queue, below, tells those clients.
    expect(slow.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'closed with 1013' && outcome !== 'cut')).toEqual([]);
    expect(slow.map(({ outcome }) => outcome)).toContain('closed with 1013');
    expect((await Metrics.of(server)).value('chatapi_connections_stuck_total')).toBe(SLOW);

    for (const name of slowNames) {
      expect((await server.admin.queue(name)).body).toMatchObject({ size: QUEUE_MAX, dropped: NOTIFICATIONS - QUEUE_MAX });
    }
    for (const name of slowNames.slice(0, RETURNING)) {
      const { dropped, received } = await comeBack(name);
      expect(dropped).toBe(NOTIFICATIONS - QUEUE_MAX);
      expect(received).toEqual(Array.from({ length: QUEUE_MAX }, (_, index) => NOTIFICATIONS - QUEUE_MAX + index + 1));
    }
    expectAll(readers);
  }, 240_000);
});
