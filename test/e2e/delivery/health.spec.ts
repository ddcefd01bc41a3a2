// Health, as load balancers and people ask for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';

const server = new ServerProcess();

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function health(): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.origin}/ws/health`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('GET /ws/health', () => {
  it("has the specification's three fields, and what was checked", async () => {
    const { status, body } = await health();
    expect(status).toBe(200);
    const { checks, ...specified } = body;
    expect(specified).toEqual({ status: 'healthy', active_connections: 0, uptime_seconds: expect.any(Number) as number });
    expect(checks).toEqual(expect.any(Object));
  });

  it('counts the connections that are open now', async () => {
    const clients = [await new RecordingClient(server, 'one').connect(), await new RecordingClient(server, 'two', { plain: true }).connect()];
    await eventually('two connections', async () => (await health()).body.active_connections === 2);
    await clients[0].closeCleanly();
    await clients[1].cut();
    await eventually('none', async () => (await health()).body.active_connections === 0);
  });
});

describe('GET /livez and /readyz', () => {
  it.each(['/livez', '/readyz'])('%s answers 200 without a token while the server serves', async (path) => {
    expect((await fetch(`${server.origin}${path}`)).status).toBe(200);
  });
});
