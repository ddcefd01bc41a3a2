// GET /sse: the same notifications as over a WebSocket, and going on where the last event id says.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { type Frame, isMessage } from '../../support/frame.js';
import { Metrics } from '../../support/metrics.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const server = new ServerProcess();
const messages = (frames: readonly Frame[]): Frame[] => frames.filter(({ type }) => type === 'message');
const contents = (frames: readonly Frame[]): unknown[] => messages(frames).map(({ data }) => data.content);
const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `number ${from + i}`);

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function publish(room: string, from: number, to: number): Promise<void> {
  const items = numbered(from, to).map((content) => ({ room_id: room, content }));
  for (let i = 0; i < items.length; i += 1000) await server.admin.publishAll(items.slice(i, i + 1000));
}

describe('an event stream', () => {
  it('has the headers that keep it from being gathered, changed and cached', async () => {
    const client = await new EventStreamClient(server, 'headers').connect();
    expect(client.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
    await client.until('the time to come back after', () => client.retryMs !== undefined);
    expect(client.retryMs).toBeGreaterThanOrEqual(1500);
    expect(client.retryMs).toBeLessThanOrEqual(4500);
    await client.cut();
  });

  it('brings exactly what a WebSocket in plain mode brings, in the same order', async () => {
    await server.admin.createRoom({ id: 'both', members: ['by-sse', 'by-ws'] });
    const stream = await new EventStreamClient(server, 'by-sse').connect();
    const socket = await new RecordingClient(server, 'by-ws', { plain: true }).connect();
    await eventually('both to be online', async () => (await server.admin.presence('by-ws')).body.status === 'online' && (await server.admin.presence('by-sse')).body.status === 'online');
    await publish('both', 1, 300);
    await server.admin.notifyRoom('both', 'build.done', { text: 'two\nlines\r\nand "quotes" – ü 🙂\u2028' });
    await server.admin.addMember('both', 'later');
    await server.admin.removeMember('both', 'later');
    const isLast = ({ data }: Frame): boolean => data.event === 'client_left';
    await socket.next('the last', isLast);
    await stream.next('the last', isLast);
    const ordered = (frames: readonly Frame[]): Frame[] => frames.filter(({ seq }) => seq !== undefined);
    expect(ordered(stream.frames)).toEqual(ordered(socket.frames));
    expect(contents(stream.frames)).toEqual(numbered(1, 300));
    await stream.cut();
    await socket.closeCleanly();
  });

  it('makes its client online, and tells it of others', async () => {
    await server.admin.createRoom({ id: 'present', members: ['watcher', 'comer'] });
    const watcher = await new EventStreamClient(server, 'watcher').connect();
    const comer = await new EventStreamClient(server, 'comer').connect();
    await watcher.next('that the other is online', ({ type, data }) => type === 'client_status' && data.client_id === 'comer' && data.status === 'online');
    await comer.cut();
    await watcher.next('that the other is offline', ({ type, data }) => type === 'client_status' && data.client_id === 'comer' && data.status === 'offline');
    await watcher.cut();
  });
});

describe('a client that was cut', () => {
  it('gets just what follows its last event id: nothing twice, nothing missing, in all of its rooms', async () => {
    for (const id of ['cut-a', 'cut-b', 'cut:c']) await server.admin.createRoom({ id, members: ['cutter'] });
    const client = await new EventStreamClient(server, 'cutter').connect();
    for (let round = 0; round < 4; round++) {
      for (const room of ['cut-a', 'cut-b', 'cut:c']) await publish(room, round * 100 + 1, round * 100 + 50);
      await server.admin.notifyClient('cutter', 'note', { round });
      await client.next('what was published while it was there', ({ type, data }) => type === 'note' && data.round === round);
      await client.until('all of that', () => messages(client.frames).length >= round * 300 + 150);
      await client.cut();
      for (const room of ['cut-a', 'cut-b', 'cut:c']) await publish(room, round * 100 + 51, round * 100 + 100);
      await client.connect();
      await client.until('what was published while it was away', () => messages(client.frames).length >= round * 300 + 300);
    }
    await server.admin.notifyClient('cutter', 'note', { round: 'last' });
    await client.next('the last', ({ data }) => data.round === 'last');
    for (const room of ['cut-a', 'cut-b', 'cut:c']) {
      expect(contents(client.frames.filter(({ data }) => data.room_id === room))).toEqual(numbered(1, 400));
    }
    expect(new Set(client.frames.map(({ id }) => id)).size).toBe(client.frames.length);
    await client.cut();
  });

  it('is told by ids that go on from those it had, so that they say all of it before its cursors are stored', async () => {
    for (const id of ['seed-a', 'seed-b']) await server.admin.createRoom({ id, members: ['seeded'] });
    const client = await new EventStreamClient(server, 'seeded').connect();
    await publish('seed-a', 1, 2);
    await client.next('the second', isMessage('number 2'));
    expect(client.lastEventId).toBe('seed-a:2');
    await client.cut();
    await client.connect();
    await publish('seed-b', 3, 3);
    await client.next('the third', isMessage('number 3'));
    expect(client.lastEventId).toBe('seed-b:1,seed-a:2');
    await client.cut();
  });

  it('has acknowledged by its last event id, so nothing of it is in its queue, and receipts say delivered', async () => {
    await server.admin.createRoom({ id: 'cursor', members: ['raiser'] });
    const client = await new EventStreamClient(server, 'raiser').connect();
    await publish('cursor', 1, 5);
    await client.next('the last', isMessage('number 5'));
    expect((await server.admin.queue('raiser')).body.size).toBe(5);
    await client.cut();
    const before = (await Metrics.of(server)).value('chatapi_notifications_acknowledged_total', { by: 'resumption' });
    await client.connect();
    await eventually('an empty queue', async () => (await server.admin.queue('raiser')).body.size === 0);
    const { body } = await server.admin.request<{ items: { client_id: string; state: string }[] }>('GET', '/rooms/cursor/messages/5/receipts');
    expect(body.items).toMatchObject([{ client_id: 'raiser', state: 'delivered' }]);
    expect((await Metrics.of(server)).value('chatapi_notifications_acknowledged_total', { by: 'resumption' }) - before).toBe(5);
    await client.cut();
  });

  it('stays as long as it likes, without ever saying anything, and is told of no overflow when it comes back', async () => {
    await server.admin.createRoom({ id: 'long', members: ['stayer'] });
    const client = await new EventStreamClient(server, 'stayer').connect();
    for (let i = 0; i < 5000; i += 1000) {
      await publish('long', i + 1, i + 1000);
      await client.until('as much', () => client.events.length === i + 1000);
    }
    await client.cut();
    await publish('long', 5001, 5003);
    await client.connect();
    await client.next('the last', isMessage('number 5003'));
    expect(client.framesOfConnection.map(({ type }) => type)).toEqual(['message', 'message', 'message']);
    expect(contents(client.frames)).toEqual(numbered(1, 5003));
    await client.cut();
  });

  it('was away for longer than its queue holds: what fell out is reported, beginning behind its last event id', async () => {
    await server.admin.createRoom({ id: 'away', members: ['sleeper'] });
    const client = await new EventStreamClient(server, 'sleeper').connect();
    await publish('away', 1, 2000);
    await client.next('the last', isMessage('number 2000'));
    await client.cut();
    await publish('away', 2001, 3500);
    await client.connect();
    await client.next('the last', isMessage('number 3500'));
    const [overflow, ...rest] = client.framesOfConnection;
    expect(overflow.data).toMatchObject({ code: 'QUEUE_OVERFLOW', dropped: 500, rooms: [{ room_id: 'away', from_seq: 2001, to_seq: 2500, dropped: 500 }] });
    expect(contents(rest)).toEqual(numbered(2501, 3500));
    await client.cut();
  });

  it('goes on from its own last event id, though another connection of the same client has moved their cursor further', async () => {
    await server.admin.createRoom({ id: 'tabs', members: ['surfer'] });
    const [one, other] = [await new EventStreamClient(server, 'surfer').connect(), await new EventStreamClient(server, 'surfer').connect()];
    await publish('tabs', 1, 3);
    for (const tab of [one, other]) await tab.next('the third', isMessage('number 3'));
    await one.cut();
    await publish('tabs', 4, 6);
    await other.next('the sixth', isMessage('number 6'));
    await other.cut();
    await other.connect();
    await eventually('an empty queue', async () => (await server.admin.queue('surfer')).body.size === 0);
    await one.connect();
    await one.next('the sixth', isMessage('number 6'));
    expect(contents(one.frames)).toEqual(numbered(1, 6));
    for (const tab of [one, other]) await tab.cut();
  });

  it('gets nothing from before it joined, whatever its last event id says', async () => {
    await server.admin.createRoom({ id: 'private', members: ['insider'] });
    // What somebody is connected to, the server has in memory.
    const insider = await new EventStreamClient(server, 'insider').connect();
    await publish('private', 1, 3);
    await insider.next('the third', isMessage('number 3'));
    await server.admin.addMember('private', 'newcomer');
    const client = await new EventStreamClient(server, 'newcomer', { headers: { 'last-event-id': 'private:1' } }).connect();
    await publish('private', 4, 4);
    await client.next('the fourth', isMessage('number 4'));
    expect(contents(client.frames)).toEqual(['number 4']);
    await client.cut();
    await insider.cut();
  });

  it('and comes back without its last event id gets its queue again: repeated, not lost', async () => {
    await server.admin.createRoom({ id: 'forgetful', members: ['forgetter', 'witness'] });
    const client = await new EventStreamClient(server, 'forgetter').connect();
    const witness = await new RecordingClient(server, 'witness').connect();
    await publish('forgetful', 1, 20);
    await client.next('the last', isMessage('number 20'));
    // Long enough for a WebSocket to have acknowledged.
    await eventually('the queue of the witness to be empty', async () => (await server.admin.queue('witness')).body.size === 0);
    await witness.closeCleanly();
    await client.cut();
    expect((await server.admin.queue('forgetter')).body.size).toBe(20);
    client.lastEventId = '';
    await client.connect();
    await client.next('the last again', isMessage('number 20'));
    expect(contents(client.framesOfConnection)).toEqual(numbered(1, 20));
    await client.cut();
  });

  it('may say its last event id in the query; the header counts where both are', async () => {
    await server.admin.createRoom({ id: 'query', members: ['asker'] });
    await publish('query', 1, 5);
    const byQuery = await new EventStreamClient(server, 'asker', { query: { last_event_id: 'query:3' } }).connect();
    await byQuery.next('the last', isMessage('number 5'));
    expect(contents(byQuery.frames)).toEqual(['number 4', 'number 5']);
    await byQuery.cut();
    const byBoth = await new EventStreamClient(server, 'asker', { query: { last_event_id: 'query:3' }, headers: { 'last-event-id': 'query:4' } }).connect();
    await byBoth.next('the last', isMessage('number 5'));
    expect(contents(byBoth.frames)).toEqual(['number 5']);
    await byBoth.cut();
  });

  it('loses nothing by a last event id that was never given: beyond the head, of another store, of other rooms, or no id at all', async () => {
    await server.admin.createRoom({ id: 'forged', members: ['forger'] });
    await server.admin.createRoom({ id: 'not-mine', members: ['somebody'] });
    await publish('forged', 1, 3);
    for (const id of ['forged:999999999', 'forged:7-2', 'not-mine:5', '@somebody:1', '~forger:99999', 'forged:-1', 'nonsense', ',,,', 'forged:', '__proto__:1', 'x'.repeat(7000)]) {
      const client = new EventStreamClient(server, 'forger', { headers: { 'last-event-id': id } });
      await client.connect();
      await client.next('the last', isMessage('number 3'));
      expect(contents(client.frames), id).toEqual(numbered(1, 3));
      await client.cut();
    }
    await publish('forged', 4, 4);
    const client = await new EventStreamClient(server, 'forger').connect();
    await client.next('the last', isMessage('number 4'));
    expect(contents(client.frames)).toEqual(numbered(1, 4));
    await client.cut();
  });

  it('is told of each status once', async () => {
    await server.admin.createRoom({ id: 'statuses', members: ['told', 'one', 'two'] });
    const client = await new EventStreamClient(server, 'told').connect();
    const one = await new EventStreamClient(server, 'one').connect();
    await client.next('the first', ({ data }) => data.client_id === 'one' && data.status === 'online');
    await client.cut();
    const two = await new EventStreamClient(server, 'two').connect();
    await eventually('the second to be online', async () => (await server.admin.presence('two')).body.status === 'online');
    await client.connect();
    await client.next('the second', ({ data }) => data.client_id === 'two' && data.status === 'online');
    expect(client.framesOfConnection.filter(({ data }) => data.client_id === 'one')).toEqual([]);
    for (const each of [client, one, two]) await each.cut();
  });
});

describe('a client in more rooms than an id holds', () => {
  const ROOMS = Array.from({ length: 60 }, (_, i) => `crowded-${i}`);
  const small = new ServerProcess({ SSE_EVENT_ID_MAX_BYTES: '192' });
  beforeAll(() => small.start());
  afterAll(() => small.destroy());

  it('goes on exactly in those that moved last, and gets again what it has not acknowledged of the others: nothing is lost', async () => {
    for (const id of ROOMS) await small.admin.createRoom({ id, members: ['busy'] });
    const client = await new EventStreamClient(small, 'busy').connect();
    for (const room of ROOMS) await small.admin.publish(room, { content: `first in ${room}` });
    await client.next('the last', isMessage('first in crowded-59'));
    for (const { lastEventId } of client.events) expect(lastEventId.length).toBeLessThanOrEqual(192);
    await client.cut();
    for (const room of ROOMS) await small.admin.publish(room, { content: `second in ${room}` });
    await client.connect();
    await client.until('all that is new', () => new Set(client.frames.filter(({ seq }) => seq === 2).map(({ id }) => id)).size === ROOMS.length);
    const again = client.framesOfConnection.filter(({ seq }) => seq === 1).map(({ data }) => data.room_id);
    expect(again).not.toContain('crowded-59');
    expect(again.length).toBeGreaterThan(0);
    expect(again.length).toBeLessThan(ROOMS.length);
    for (const room of ROOMS) {
      const seqs = client.framesOfConnection.filter(({ data }) => data.room_id === room).map(({ seq }) => seq);
      expect(again.includes(room) ? [1, 2] : [2]).toEqual(seqs);
    }
    await client.cut();
  });
});

describe('acknowledging over HTTP', () => {
  it('raises the cursor of a client that is connected, and of one that is not', async () => {
    await server.admin.createRoom({ id: 'acked', members: ['acker'] });
    const client = await new EventStreamClient(server, 'acker').connect();
    await publish('acked', 1, 10);
    await client.next('the last', isMessage('number 10'));
    const api = server.api(tokenOf('acker'));
    expect(await api.request('POST', '/clients/acker/acknowledgements', { room_id: 'acked', seq: 6 })).toMatchObject({ status: 204 });
    expect((await server.admin.queue('acker')).body.size).toBe(4);
    const { body } = await server.admin.request<{ items: { state: string }[] }>('GET', '/rooms/acked/messages/6/receipts');
    expect(body.items).toMatchObject([{ state: 'acknowledged' }]);
    await client.cut();
    await eventually('it to be gone', async () => (await server.admin.request<{ items: object[] }>('GET', '/connections?client_id=acker')).body.items.length === 0);
    expect(await api.request('POST', '/clients/acker/acknowledgements', { room_id: 'acked', seq: 8 })).toMatchObject({ status: 204 });
    client.lastEventId = '';
    await client.connect();
    await client.next('the last', isMessage('number 10'));
    expect(contents(client.framesOfConnection)).toEqual(['number 9', 'number 10']);
    await client.cut();
  });

  it('is cut to the head, and is for the client itself, its rooms and the device that is named', async () => {
    await server.admin.createRoom({ id: 'mine', members: ['owner'] });
    const api = server.api(tokenOf('owner'));
    const acknowledge = async (body: object, client = 'owner') => (await api.request<{ code?: string }>('POST', `/clients/${client}/acknowledgements`, body)).status;
    expect(await acknowledge({ room_id: 'mine', seq: 1000 })).toBe(204);
    await publish('mine', 1, 2);
    expect((await server.admin.queue('owner')).body.size).toBe(2);
    expect(await acknowledge({ room_id: 'mine', seq: 2, device: 'phone' })).toBe(204);
    expect((await server.admin.queue('owner')).body.size).toBe(2);
    expect((await server.admin.queue('owner', 'phone')).body.size).toBe(0);
    expect(await acknowledge({ room_id: 'elsewhere', seq: 1 })).toBe(404);
    expect(await acknowledge({ room_id: '@somebody', seq: 1 })).toBe(404);
    expect(await acknowledge({ room_id: 'mine', seq: -1 })).toBe(400);
    expect(await acknowledge({ room_id: 'mine', seq: 1 }, 'other')).toBe(403);
  });

  it('is all that counts with ack=client: what was not acknowledged comes again whatever the last event id says', async () => {
    await server.admin.createRoom({ id: 'own', members: ['careful'] });
    const client = await new EventStreamClient(server, 'careful', { query: { ack: 'client' } }).connect();
    await publish('own', 1, 4);
    await client.next('the last', isMessage('number 4'));
    await server.api(tokenOf('careful')).request('POST', '/clients/careful/acknowledgements', { room_id: 'own', seq: 2 });
    await client.cut();
    expect(client.lastEventId).toBe('own:4');
    await client.connect();
    await client.next('the last again', isMessage('number 4'));
    expect(contents(client.framesOfConnection)).toEqual(['number 3', 'number 4']);
    await client.cut();
  });
});

function tokenOf(sub: string): string {
  return signToken({ sub });
}
