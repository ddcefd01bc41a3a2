// A shutdown (SIGTERM): announced, spread over time, and with nothing lost on the way.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const CLIENTS = 100;
let server: ServerProcess;

beforeEach(async () => {
  server = await new ServerProcess({ SHUTDOWN_DRAIN_SECONDS: '10' }).start();
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
