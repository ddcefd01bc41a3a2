// What counts as received: the pong of the transport, or the client's own `ack` frames, for each device of a client.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import type { Frame } from '../../support/frame.js';
import { RecordingClient, type RecordingClientOptions } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

const isMessage = ({ type }: Frame): boolean => type === 'message';

/** A room named after its only member, with some messages in it. */
async function roomWith(clientId: string, count: number): Promise<void> {
  await server.admin.createRoom({ id: clientId, members: [clientId] });
  for (let index = 1; index <= count; index++) await server.admin.publish(clientId, { content: String(index) });
}

async function connect(clientId: string, options: RecordingClientOptions = {}): Promise<RecordingClient> {
  const client = await new RecordingClient(server, clientId, options).connect();
  onTestFinished(() => client.cut());
  return client;
}

/** Connects once more and resolves with what the new connection says is waiting. */
async function queuedFor(clientId: string, options: RecordingClientOptions = {}): Promise<unknown> {
  const client = await connect(clientId, options);
  return (await client.next('connected', ({ type }) => type === 'connected')).data.queued;
}

async function receives(client: RecordingClient, ...contents: string[]): Promise<void> {
  await client.until(`${contents.length} messages`, () => client.frames.filter(isMessage).length >= contents.length);
  expect(client.frames.filter(isMessage).map(({ data }) => data.content)).toEqual(contents);
}

describe('acknowledgement by transport', () => {
  it('moves the cursor by the pongs that a client which only listens sends anyway', async () => {
    await roomWith('listener', 3);
    const client = await connect('listener', { plain: true });
    await receives(client, '1', '2', '3');
    await eventually('the queue to be empty', async () => (await server.admin.queue('listener')).body.size === 0);
    await client.cut();
    expect(await queuedFor('listener')).toBe(0);
  });

  it('keeps the queue of a client that never answers pings', async () => {
    await roomWith('silent', 3);
    const client = new RecordingClient(server, 'silent', { pings: 'ignore' });
    await client.connect();
    let pings = 0;
    client.webSocket.on('ping', () => pings++);
    await receives(client, '1', '2', '3');
    await eventually('the server to ask', () => pings > 0);
    await client.closeCleanly();
    await receives(await connect('silent'), '1', '2', '3');
  });

  it('keeps the queue of a client that garbles its pongs', async () => {
    await roomWith('garbler', 3);
    const client = new RecordingClient(server, 'garbler', { pings: 'garble' });
    await client.connect();
    let pings = 0;
    client.webSocket.on('ping', () => pings++);
    await receives(client, '1', '2', '3');
    await eventually('the server to ask twice', () => pings >= 2);
    await server.admin.publish('garbler', { content: '4' });
    await receives(client, '1', '2', '3', '4');
    await client.closeCleanly();
    await receives(await connect('garbler'), '1', '2', '3', '4');
  });
});

describe('acknowledgement by transport that has not settled (ACK_SETTLE_MS)', () => {
  const slow = new ServerProcess({ ACK_SETTLE_MS: '60000' });

  beforeAll(() => slow.start());
  afterAll(() => slow.destroy());

  /** A client that has got one message, and whose pong for it the server has read. */
  async function acknowledged(clientId: string): Promise<RecordingClient> {
    await slow.admin.createRoom({ id: clientId, members: [clientId] });
    const client = await new RecordingClient(slow, clientId).connect();
    await client.next('connected', ({ type }) => type === 'connected');
    await slow.admin.publish(clientId, { content: 'once or twice' });
    await client.next('the message', isMessage);
    await client.acknowledged();
    return client;
  }

  it('is delivered again after the connection broke', async () => {
    const client = await acknowledged('broken');
    await client.cut();
    await client.connect();
    await receives(client, 'once or twice', 'once or twice');
    await client.closeCleanly();
  });

  it('is not delivered again after the connection was closed in order', async () => {
    const client = await acknowledged('orderly');
    await client.closeCleanly();
    await client.connect();
    await slow.admin.publish('orderly', { content: 'the next one' });
    await receives(client, 'once or twice', 'the next one');
    await client.closeCleanly();
  });
});

describe('acknowledgement by the client (ack=client)', () => {
  it('delivers again what the client has not acknowledged, and nothing that it has', async () => {
    await roomWith('careful', 3);
    const client = new RecordingClient(server, 'careful', { acknowledgesItself: true });
    await client.connect();
    await receives(client, '1', '2', '3');
    await client.closeCleanly();

    await client.connect();
    await receives(client, '1', '2', '3', '1', '2', '3');
    expect(await client.command('ack', { room_id: 'careful', seq: 2 })).toMatchObject({ type: 'ack', data: { room_id: 'careful', seq: 2 } });
    await client.cut();

    await client.connect();
    await receives(client, '1', '2', '3', '1', '2', '3', '3');
    await client.closeCleanly();
  });

  it("acknowledges the client's own notifications under @ and its id", async () => {
    await server.admin.notifyClient('own', 'greeting', { text: 'hello' });
    const client = await connect('own', { acknowledgesItself: true });
    await client.next('the greeting', ({ type }) => type === 'greeting');
    expect(await client.command('ack', { room_id: '@own', seq: 1 })).toMatchObject({ type: 'ack' });
    await eventually('the queue to be empty', async () => (await server.admin.queue('own')).body.size === 0);
  });

  it('refuses to acknowledge a room that the client does not receive from', async () => {
    await roomWith('others', 1);
    const client = await connect('stranger', { acknowledgesItself: true });
    expect(await client.command('ack', { room_id: 'others', seq: 1 })).toMatchObject({ type: 'error', data: { code: 'ROOM_NOT_FOUND' } });
  });
});

describe('several devices and connections of one client', () => {
  it('gives each device its own position', async () => {
    await roomWith('owner', 2);
    const phone = await connect('owner', { device: 'phone' });
    await receives(phone, '1', '2');
    await eventually('the phone to be done', async () => (await server.admin.queue('owner', 'phone')).body.size === 0);
    expect((await server.admin.queue('owner', 'laptop')).body.size).toBe(2);
    await receives(await connect('owner', { device: 'laptop' }), '1', '2');
    await phone.closeCleanly();
    expect(await queuedFor('owner', { device: 'phone' })).toBe(0);
  });

  it('gives every connection of a client each notification', async () => {
    await roomWith('twice', 0);
    const connections = [await connect('twice'), await connect('twice'), await connect('twice', { plain: true })];
    for (const connection of connections.slice(0, 2)) await connection.next('connected', ({ type }) => type === 'connected');
    await server.admin.publish('twice', { content: 'to all' });
    for (const connection of connections) await receives(connection, 'to all');
  });
});
