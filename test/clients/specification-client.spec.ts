// The specification's example client, word for word, in Node: it gets everything, loses its connection, and misses nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.js';
import type { FrameData } from '../support/frame.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServerProcess } from '../support/server-process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { signToken } from '../support/tokens.js';

/** What the example leaves to whoever uses it, and what of it the tests look at. */
interface ChatWebSocket {
  ws: WebSocket;
  reconnectAttempts: number;
  connect(): void;
}

type ChatWebSocketClass = new (token: string) => ChatWebSocket;

const server = new ServerProcess();
const proxy = new TcpProxy(() => server.port);
const clients: ChatWebSocket[] = [];

/** The example names port 8000; in its world that port is the proxy's. */
class RedirectedWebSocket extends WebSocket {
  constructor(address: string) {
    super(address.replace('localhost:8000', `127.0.0.1:${proxy.port}`));
  }
}

const source = readFileSync(join(import.meta.dirname, 'specification-client.js'), 'utf8');
const silentConsole = { log: () => undefined, error: () => undefined };
// eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text has no exports, and stays as the specification has it
const define = new Function('WebSocket', 'console', `${source}; return ChatWebSocket;`) as (...world: unknown[]) => ChatWebSocketClass;

/** The example with its four handlers, which note what they are given. */
function createClient(clientId: string): { client: ChatWebSocket; received: Record<string, FrameData[]> } {
  const received: Record<string, FrameData[]> = { message: [], room_update: [], client_status: [], error: [] };
  class RecordingChatWebSocket extends define(RedirectedWebSocket, silentConsole) {
    handleMessage = (data: FrameData): void => void received.message.push(data);
    handleRoomUpdate = (data: FrameData): void => void received.room_update.push(data);
    handleClientStatus = (data: FrameData): void => void received.client_status.push(data);
    handleError = (data: FrameData): void => void received.error.push(data);
  }
  const client = new RecordingChatWebSocket(signToken({ sub: clientId }));
  clients.push(client);
  client.connect();
  return { client, received };
}

beforeAll(async () => {
  await server.start();
  await proxy.listen();
});

afterAll(async () => {
  // The example cannot be told to stop: it would come back for ever.
  for (const client of clients) client.connect = () => undefined;
  await proxy.close();
  await server.destroy();
});

describe("the specification's example client", () => {
  it('receives messages, room updates, statuses of clients, and errors', async () => {
    await server.admin.createRoom({ id: 'four-types', members: ['example'] });
    const { client, received } = createClient('example');
    await eventually('the connection', () => client.ws.readyState === WebSocket.OPEN);

    await server.admin.publish('four-types', { content: 'Hello, world!', client_id: 'backend' });
    await server.admin.addMember('four-types', 'friend');
    const friend = await new RecordingClient(server, 'friend').connect();
    client.ws.send('this is no JSON');

    await eventually('all four types', () => Object.values(received).every((list) => list.length > 0));
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
    expect(received.message[0]).toEqual({ id: expect.any(String), room_id: 'four-types', client_id: 'backend', content: 'Hello, world!', timestamp });
    expect(received.room_update[0]).toEqual({ room_id: 'four-types', event: 'client_joined', client_id: 'friend', timestamp });
    expect(received.client_status[0]).toEqual({ client_id: 'friend', status: 'online', last_seen: timestamp });
    expect(received.error[0]).toMatchObject({ code: 'INVALID_FRAME', message: expect.any(String), timestamp });
    await friend.closeCleanly();
  });

  it('comes back by its own back-off after its connection is cut, and receives what it missed, in order, without a gap', async () => {
    await server.admin.createRoom({ id: 'comes-back', members: ['wanderer'] });
    const { received } = createClient('wanderer');
    const contents = (): string[] => [...new Set(received.message.map(({ content }) => content ?? ''))];
    await server.admin.publish('comes-back', { content: 'before' });
    await eventually('the first message', () => contents().includes('before'));

    const connections = proxy.forwarded;
    proxy.cut();
    const missed = Array.from({ length: 50 }, (_, index) => `missed ${index}`);
    for (const content of missed) await server.admin.publish('comes-back', { content });
    proxy.restore();
    await eventually('it to come back', () => proxy.forwarded > connections);
    await server.admin.publish('comes-back', { content: 'after' });

    await eventually('the message after its return', () => contents().includes('after'));
    expect(contents()).toEqual(['before', ...missed, 'after']);
  });

  it('comes back to a server that was killed and started again, and misses nothing', async () => {
    await server.admin.createRoom({ id: 'killed', members: ['survivor'] });
    const { client, received } = createClient('survivor');
    const contents = (): string[] => [...new Set(received.message.map(({ content }) => content ?? ''))];
    await eventually('the connection', () => client.ws.readyState === WebSocket.OPEN);
    await server.admin.publish('killed', { content: 'answered before the crash' });

    await server.kill();
    await server.start();
    await server.admin.publish('killed', { content: 'after the crash' });

    await eventually('both messages', () => contents().length === 2);
    expect(contents()).toEqual(['answered before the crash', 'after the crash']);
  });
});
