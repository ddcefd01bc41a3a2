// A shutdown (SIGTERM): announced, spread over time, and with nothing lost on the way.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken } from '../../support/tokens.js';

const CLIENTS = 100;
let server: ServerProcess;

beforeEach(async () => {
  server = await new ServerProcess({ SHUTDOWN_DRAIN_SECONDS: '2' }).start();
});
afterEach(() => server.destroy());

describe('a server that is asked to end', () => {
  it('says so, closes its connections one after the other with 1001, and ends with code 0', async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => new RecordingClient(server, `client-${index}`).connect()));
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);

    const exit = server.signal('SIGTERM');
    await Promise.any(clients.map((client) => client.ending()));
    const stillOpen = clients.filter((client) => client.isOpen);
    stillOpen.at(-1)?.send({ type: 'ping' });
    const [readiness] = await Promise.all([fetch(`${server.origin}/readyz`), stillOpen.at(-1)?.next('pong', ({ type }) => type === 'pong')]);
    expect(stillOpen.length).toBeGreaterThan(0);
    expect(readiness.status).toBe(503);

    const ends = await Promise.all(clients.map((client) => client.ending()));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1001]));
    for (const client of clients) {
      const reconnect = client.frames.find(({ type }) => type === 'reconnect');
      expect(reconnect?.data).toEqual({ reason: expect.any(String) as string, after_ms: expect.any(Number) as number });
    }
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('lets nobody in any more while its connections end', async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => new RecordingClient(server, `client-${index}`).connect()));
    const exit = server.signal('SIGTERM');
    await Promise.any(clients.map((client) => client.ending()));
    await expect(new RecordingClient(server, 'too-late').connect()).rejects.toThrow('503');
    expect(await exit).toMatchObject({ code: 0 });
  });

  it.each([
    { what: 'says nothing', sent: '' },
    { what: 'has sent a part of the head of a request', sent: 'GET /livez HTTP/1.1\r\nHost: x\r\n' },
    { what: 'has sent a part of the body of a request', sent: `POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminToken()}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{` },
    { what: 'has had an answer and waits for another', sent: 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n', answered: true },
  ])('waits for no socket that $what', async ({ sent, answered = false }) => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(sent);
    if (answered) await once(socket, 'data');
    const [exit] = await Promise.all([server.signal('SIGTERM'), once(socket.resume(), 'close')]);
    expect(exit).toEqual({ code: 0, signal: null });
  });

  it('answers a request that is under way', async () => {
    await server.admin.createRoom({ id: 'late', members: [] });
    const body = '{"content":"the last word"}';
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`POST /api/v1/rooms/late/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminToken()}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
    const [goOn] = (await once(socket, 'data')) as [Buffer];
    expect(goOn.toString()).toMatch(/^HTTP\/1.1 100 /);
    const exit = server.signal('SIGTERM');
    await eventually('it to let nobody in', () => isRefused(server.port));
    socket.write(body);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 201 /);
    expect(await exit).toMatchObject({ code: 0 });
  });

  it('closes plain connections with 1001 too, without a frame that they do not know', async () => {
    const client = await new RecordingClient(server, 'plain', { plain: true }).connect();
    const exit = server.signal('SIGTERM');
    expect(await client.ending()).toMatchObject({ code: 1001 });
    expect(client.frames).toEqual([]);
    expect(await exit).toMatchObject({ code: 0 });
  });

  it('counts what has arrived by the closing handshakes as received', async () => {
    await server.admin.createRoom({ id: 'farewell', members: ['reader'] });
    const reader = await new RecordingClient(server, 'reader').connect();
    await reader.next('connected', ({ type }) => type === 'connected');
    await server.admin.publish('farewell', { content: 'goodbye' });
    await reader.next('the message', ({ type }) => type === 'message');
    await server.restart();
    await reader.connect();
    await reader.until('the greeting', () => reader.framesOfConnection.length > 0);
    expect(reader.framesOfConnection[0]).toMatchObject({ type: 'connected', data: { queued: 0 } });
  });
});

/** Whether nobody listens at a port any more. */
function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    socket.once('connect', () => socket.destroy());
  });
}
