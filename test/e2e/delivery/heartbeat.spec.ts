// Signs of life: a peer that gives none is closed, and is gone even if it never answers that.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess({ HEARTBEAT_INTERVAL_SECONDS: '0.2', HEARTBEAT_TIMEOUT_SECONDS: '1' });

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function activeConnections(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${server.port}/ws/health`);
  return ((await response.json()) as { active_connections: number }).active_connections;
}

describe('a client', () => {
  it('that answers no ping is closed with 4408, and one that does stays', async () => {
    const lively = await new RecordingClient(server, 'lively').connect();
    const silent = await new RecordingClient(server, 'silent', { pings: 'ignore' }).connect();
    expect((await silent.ending()).code).toBe(4408);
    expect(lively.isOpen).toBe(true);
    await lively.closeCleanly();
  });

  it('that answers no ping and sends frames of its own stays', async () => {
    const talkative = await new RecordingClient(server, 'talkative', { pings: 'ignore' }).connect();
    const silent = await new RecordingClient(server, 'silent', { pings: 'ignore' }).connect();
    const talking = setInterval(() => talkative.send({ type: 'ping' }), 100);
    expect((await silent.ending()).code).toBe(4408);
    clearInterval(talking);
    expect(talkative.isOpen).toBe(true);
    await talkative.closeCleanly();
  });

  it('that is dead is gone, without an answer to the close frame', async () => {
    await eventually('the others to be gone', async () => (await activeConnections()) === 0);
    const dead = await new RecordingClient(server, 'dead').connect();
    expect(await activeConnections()).toBe(1);
    dead.webSocket.pause();
    await eventually('the server to let go of it', async () => (await activeConnections()) === 0);
    await dead.cut();
  });
});
