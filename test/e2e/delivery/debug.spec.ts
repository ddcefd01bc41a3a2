// Debug mode: each notification says how it came to this connection, and nobody else sees or pays for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, isMessage, isOrdered, isStatus } from '../../support/frame.js';
import { RawClient } from '../../support/raw-client.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const lines: string[] = [];
const server = new ServerProcess({ NODE_NAME: 'node-7', ACK_SETTLE_MS: '0' }, { onLine: (line) => lines.push(line) });

beforeAll(() => server.start());
afterAll(() => server.destroy());

const client = (name: string, options: RecordingClientOptions = {}): RecordingClient => new RecordingClient(server, name, { debug: true, ...options });

/** The log's lines about a connection, without what pino adds. */
const linesOf = (connectionId: string): Record<string, unknown>[] =>
  lines.filter((line) => line.includes(connectionId)).map((line) => JSON.parse(line) as Record<string, unknown>);

const message = (frames: Frame[]): Frame[] => frames.filter(({ type }) => type === 'message');

describe('debug=true', () => {
  it.each([
    ['chatapi.v1', false],
    ['plain mode', true],
  ])('tells in %s of every notification how it came', async (mode, plain) => {
    const room = plain ? 'told-plain' : 'told';
    await server.admin.createRoom({ id: room, members: [`${room}-ann`, `${room}-bob`] });
    const ann = await client(`${room}-ann`, { plain }).connect();
    // A status comes over the delivery, so the queue is open when it has come.
    const bob = await new RecordingClient(server, `${room}-bob`).connect();
    await ann.next('a status', isStatus(`${room}-bob`, 'online'));
    await server.admin.publish(room, { content: 'first' });
    await server.admin.publish(room, { content: 'second' });
    await server.admin.notifyRoom(room, 'invoice.paid', { total: 3 });
    await server.admin.notifyClient(`${room}-ann`, 'invoice.due', { total: 4 });
    await server.admin.updateRoom(room, { name: 'renamed' });
    await ann.next('the update', ({ data }) => data.event === 'room_updated');

    const notifications = ann.frames.filter(({ id }) => id !== undefined);
    expect(notifications.map(({ type }) => type).sort()).toEqual(['client_status', 'invoice.due', 'invoice.paid', 'message', 'message', 'room_update']);
    for (const { type, seq, debug, data } of notifications) {
      expect(debug).toEqual({
        node: 'node-7',
        connection_id: expect.any(String) as string,
        seq: seq ?? null,
        published_at: expect.stringMatching(TIME) as string,
        stored_at: expect.stringMatching(TIME) as string,
        sent_at: expect.stringMatching(TIME) as string,
        latency_ms: expect.any(Number) as number,
        replayed: false,
        attempt: 1,
        queue_size: expect.any(Number) as number,
      });
      const [published, stored, sent] = [debug?.published_at, debug?.stored_at, debug?.sent_at].map((time) => Date.parse(time ?? ''));
      expect(published).toBeLessThanOrEqual(stored);
      expect(stored).toBeLessThanOrEqual(sent);
      expect(debug?.latency_ms).toBe(sent - published);
      if (type === 'message') expect(debug?.published_at).toBe(data.timestamp);
      if (seq !== undefined) expect(debug?.queue_size).toBeGreaterThan(0);
    }
    const ids = new Set(notifications.map(({ debug }) => debug?.connection_id));
    expect(ids.size).toBe(1);
    if (mode === 'chatapi.v1') {
      expect(ann.frames[0]).toMatchObject({ type: 'connected', data: { debug: true, connection_id: [...ids][0] } });
      expect(ann.frames.every(({ id, debug }) => id !== undefined || debug === undefined)).toBe(true);
    }
    expect(bob.frames.filter(({ debug }) => debug !== undefined)).toEqual([]);
    expect(bob.frames[0].data).not.toHaveProperty('debug');
    await Promise.all([ann.closeCleanly(), bob.closeCleanly()]);
  });

  it('tells what is replayed, how often it was tried, also by connections that were not debugged, and how much waits', async () => {
    await server.admin.createRoom({ id: 'replay', members: ['rita'] });
    const quiet = await client('rita', { debug: false, acknowledgesItself: true }).connect();
    await server.admin.publish('replay', { content: 'one' });
    await quiet.next('the message', isMessage('one'));
    await quiet.cut();
    await server.admin.publish('replay', { content: 'two' });

    const tries = async (): Promise<unknown[]> => {
      const rita = await client('rita', { acknowledgesItself: true }).connect();
      await rita.next('two', isMessage('two'));
      const told = message(rita.frames).map(({ data, debug }) => [data.content, debug?.replayed, debug?.attempt, debug?.queue_size]);
      await rita.cut();
      return told;
    };
    expect(await tries()).toEqual([['one', true, 2, 2], ['two', true, 1, 2]]);
    expect(await tries()).toEqual([['one', true, 3, 2], ['two', true, 2, 2]]);

    const last = await client('rita', { acknowledgesItself: true }).connect();
    await last.next('two', isMessage('two'));
    expect(await last.command('ack', { room_id: 'replay', seq: 1 })).toMatchObject({ type: 'ack' });
    await server.admin.publish('replay', { content: 'three' });
    await last.next('three', isMessage('three'));
    expect(message(last.frames).map(({ data, debug }) => [data.content, debug?.replayed, debug?.attempt, debug?.queue_size])).toEqual([
      ['one', true, 4, 2],
      ['two', true, 3, 2],
      ['three', false, 1, 2],
    ]);
    last.acknowledgeAll();
    await last.command('presence', { status: 'online' });
    await last.closeCleanly();
    const again = await client('rita', { acknowledgesItself: true }).connect();
    await server.admin.publish('replay', { content: 'four' });
    await again.next('four', isMessage('four'));
    expect(message(again.frames).map(({ data, debug }) => [data.content, debug?.attempt])).toEqual([['four', 1]]);
    await again.closeCleanly();
  });

  it('gives every notification of a full queue, in order, as acknowledgements make room', async () => {
    await server.admin.createRoom({ id: 'full', members: ['fred'] });
    const contents = Array.from({ length: 600 }, (_, i) => `n${i}`);
    await server.admin.publishAll(contents.map((content) => ({ room_id: 'full', content })));
    const fred = await client('fred').connect();
    await fred.next('the last', isMessage('n599'));
    expect(message(fred.frames).map(({ data }) => data.content)).toEqual(contents);
    expect(message(fred.frames).map(({ debug }) => [debug?.seq, debug?.replayed])).toEqual(message(fred.frames).map(({ seq }) => [seq, true]));
    await fred.closeCleanly();
  });

  it('goes compressed to who negotiated that, and the bytes that others share stay theirs', async () => {
    await server.admin.createRoom({ id: 'deflated', members: ['dan', 'eve'] });
    const raw = async (name: string, query: string): Promise<RawClient> =>
      new RawClient({ port: server.port, token: signToken({ sub: name }), query, headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } }).opened();
    const [dan, eve] = [await raw('dan', '&debug=true'), await raw('eve', '')];
    const content = 'The same again. '.repeat(200);
    await server.admin.publish('deflated', { content });
    await server.admin.publish('deflated', { content: 'small' });
    for (const each of [dan, eve]) await each.until('both', () => each.frames.some(isMessage('small')));
    for (const each of [dan, eve]) {
      expect(message(each.frames).map(({ data }) => data.content)).toEqual([content, 'small']);
      expect([...each.compressed.keys()].map((index) => each.frames[index].data.content)).toEqual([content]);
    }
    expect(message(dan.frames).map(({ debug }) => debug?.attempt)).toEqual([1, 1]);
    expect(message(eve.frames).map(({ debug }) => debug)).toEqual([undefined, undefined]);
    dan.socket.destroy();
    eve.socket.destroy();
  });

  it('leaves out what the token does not receive', async () => {
    await server.admin.createRoom({ id: 'masked', members: ['mia'] });
    await server.admin.notifyRoom('masked', 'news', { n: 1 });
    await server.admin.publish('masked', { content: 'queued' });
    const mia = await client('mia', { token: signToken({ sub: 'mia', scope: 'receive:message' }) }).connect();
    await mia.next('what waited', isMessage('queued'));
    await server.admin.notifyRoom('masked', 'news', { n: 2 });
    await server.admin.publish('masked', { content: 'live' });
    await mia.next('what is new', isMessage('live'));
    expect(mia.frames.filter(isOrdered).map(({ type, seq, debug }) => [type, seq, debug?.seq, debug?.replayed])).toEqual([
      ['message', 2, 2, true],
      ['message', 4, 4, false],
    ]);
    await mia.closeCleanly();
  });

  it('logs what happens to the connection, step by step, without content, and nothing more of others', async () => {
    await server.admin.createRoom({ id: 'logged', members: ['lea', 'leo'] });
    const [lea, leo] = [await client('lea').connect(), await client('leo', { debug: false }).connect()];
    await server.admin.publish('logged', { content: 'never-in-the-log' });
    for (const each of [lea, leo]) {
      await each.next('the message', isMessage('never-in-the-log'));
      await each.acknowledged();
      expect(await each.command('message', { room_id: 'nowhere', content: 'x' })).toMatchObject({ type: 'error' });
      await each.closeCleanly();
    }
    const [ofLea, ofLeo] = [lea, leo].map(({ frames }) => String(frames[0].data.connection_id));
    await expect.poll(() => [ofLea, ofLeo].map((id) => linesOf(id).some(({ msg }) => msg === 'disconnected'))).toEqual([true, true]);
    const events = linesOf(ofLea).map(({ msg }) => msg);
    expect(new Set(events)).toEqual(new Set(['connected', 'queue opened', 'written', 'acknowledged by pong', 'command', 'error told', 'disconnected']));
    expect(linesOf(ofLea).filter(({ log }) => log === 'logged')).toMatchObject([{ msg: 'written', client_id: 'lea', tenant: 'default', log: 'logged', through: 1, count: 1 }]);
    expect(linesOf(ofLea)).toContainEqual(expect.objectContaining({ msg: 'error told', code: 'ROOM_NOT_FOUND' }));
    expect(linesOf(ofLeo).map(({ msg }) => msg)).toEqual(['connected', 'disconnected']);
    expect(lines.join('\n')).not.toContain('never-in-the-log');
  });

  it('is true or false and nothing else', async () => {
    const raw = new RawClient({ port: server.port, token: signToken({ sub: 'odd' }), query: '&debug=yes' });
    await raw.answered();
    expect(raw.status).toBe(400);
    raw.socket.destroy();
    const plain = await new RawClient({ port: server.port, token: signToken({ sub: 'odd' }), query: '&debug=false' }).opened();
    expect(plain.frames[0].data).not.toHaveProperty('debug');
    plain.socket.destroy();
  });
});
