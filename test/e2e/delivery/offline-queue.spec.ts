// What waits for a client that is away: the newest 1,000 notifications, in order, and an exact count of the rest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { isOrdered, isOverflow, orderOf } from '../../support/frame.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const QUEUE_MAX = 1000;
const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

/** What a client got from each room: the contents, in the order in which they came. */
function contentsByRoom(client: RecordingClient): Record<string, string[]> {
  const contents: Record<string, string[]> = {};
  for (const frame of client.frames) if (isOrdered(frame)) (contents[orderOf(frame)] ??= []).push(frame.data.content ?? '');
  return contents;
}

describe('a client that was offline for 5,000 messages over three rooms', () => {
  const rooms = ['red', 'green', 'blue'];
  const all = Array.from({ length: 5000 }, (_, index) => ({ room_id: rooms[index % rooms.length], content: `message ${index}` }));
  const kept = all.slice(-QUEUE_MAX);
  const client = new RecordingClient(server, 'traveller');

  beforeAll(async () => {
    for (const id of rooms) await server.admin.createRoom({ id, members: [client.clientId] });
    for (let start = 0; start < all.length; start += QUEUE_MAX) await server.admin.publishAll(all.slice(start, start + QUEUE_MAX));
  });

  it('has exactly 1,000 pending, and 4,000 counted as dropped', async () => {
    const { body } = await server.admin.queue(client.clientId);
    expect(body).toMatchObject({ size: QUEUE_MAX, dropped: 4000 });
    const pending = Object.fromEntries(rooms.map((room) => [room, kept.filter(({ room_id }) => room_id === room).length]));
    expect(Object.fromEntries(body.rooms.map(({ room_id, pending: count }) => [room_id, count]))).toEqual(pending);
  });

  it('gets the newest 1,000, in the order of each room', async () => {
    await client.connect();
    const connected = await client.next('connected', ({ type }) => type === 'connected');
    expect(connected.data).toMatchObject({ queued: QUEUE_MAX, dropped: 4000, resumed: false });
    await client.until('1,000 messages', () => client.frames.filter(({ type }) => type === 'message').length >= QUEUE_MAX);
    expect(contentsByRoom(client)).toEqual(
      Object.fromEntries(rooms.map((room) => [room, kept.filter(({ room_id }) => room_id === room).map(({ content }) => content)])),
    );
  });

  it('is told of the 4,000 by one QUEUE_OVERFLOW, with the range of each room', () => {
    const overflows = client.frames.filter(isOverflow);
    expect(overflows).toHaveLength(1);
    const { dropped, rooms: ranges = [], timestamp } = overflows[0].data;
    expect(dropped).toBe(4000);
    expect(timestamp).toMatch(/Z$/);
    const lost = all.slice(0, -QUEUE_MAX);
    const expected = rooms.map((room_id) => {
      const count = lost.filter((message) => message.room_id === room_id).length;
      return { room_id, from_seq: 1, to_seq: count, dropped: count };
    });
    const byRoom = (a: { room_id: string }, b: { room_id: string }): number => a.room_id.localeCompare(b.room_id);
    expect([...ranges].sort(byRoom)).toEqual(expected.sort(byRoom));
  });

  it('has nothing pending once it has acknowledged, and gets nothing again', async () => {
    await eventually('the queue to be empty', async () => (await server.admin.queue(client.clientId)).body.size === 0);
    await client.closeCleanly();
    await client.connect();
    const connected = await client.next('connected', ({ type, data }) => type === 'connected' && data.resumed === true);
    expect(connected.data).toMatchObject({ queued: 0, dropped: 0 });
    await server.admin.publish('red', { content: 'the next one' });
    await client.next('the next message', ({ data }) => data.content === 'the next one');
    expect(client.framesOfConnection.filter(({ type }) => type === 'message')).toHaveLength(1);
    await client.closeCleanly();
  });

  it('is still said to lack what fell out, and only that, by the receipts', async () => {
    const dropped = all.slice(0, -QUEUE_MAX).filter(({ room_id }) => room_id === 'red').length;
    const stateOf = async (seq: number): Promise<unknown> => (await server.admin.request<{ items: { state: string }[] }>('GET', `/rooms/red/messages/${seq}/receipts`)).body.items.map(({ state }) => state);
    expect([await stateOf(1), await stateOf(dropped), await stateOf(dropped + 1)]).toEqual([['dropped'], ['dropped'], ['delivered']]);
  });
});

describe('a client that is away for less than its queue holds', () => {
  it('gets everything of every room and its own notifications, and no overflow', async () => {
    const client = new RecordingClient(server, 'brief');
    await server.admin.createRoom({ id: 'short', members: ['brief'] });
    await server.admin.notifyClient('brief', 'invoice.paid', { amount: 5 });
    for (let index = 0; index < 20; index++) await server.admin.publish('short', { content: `message ${index}` });
    await server.admin.notifyRoom('short', 'poll.opened', { question: 'when?' });

    await client.connect();
    await client.until('all 22', () => client.frames.filter(isOrdered).length === 22);
    expect(contentsByRoom(client).short.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => `message ${index}`));
    expect(client.frames.find(({ type }) => type === 'invoice.paid')).toMatchObject({ id: '@brief:1', seq: 1, data: { amount: 5 } });
    expect(client.frames.find(({ type }) => type === 'poll.opened')).toMatchObject({ id: 'short:21', seq: 21, data: { question: 'when?' } });
    expect(client.frames.filter(isOverflow)).toEqual([]);
    await client.closeCleanly();
  });
});
