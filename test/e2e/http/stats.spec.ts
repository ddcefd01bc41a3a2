// GET /stats: the numbers of the server, for pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingClient } from '../../support/recording-client.js';
import { ServerProcess } from '../../support/server-process.js';
import { signToken } from '../../support/tokens.js';

interface Stats {
  nodes: {
    node: string;
    uptime_seconds: number;
    connections: { open: number; opened_total: number };
    notifications: { published_total: number; delivered_total: number; acknowledged_total: number };
    latency: { write: { count: number; buckets: { le: number | null; count: number }[] } };
  }[];
  silent_nodes: number;
}

const server = new ServerProcess({ NODE_NAME: 'counted' });
beforeAll(() => server.start());
afterAll(() => server.destroy());

describe('GET /stats', () => {
  it('counts what was published, written and acknowledged, and who is connected', async () => {
    await server.admin.createRoom({ id: 'counted', members: ['ann', 'bob'] });
    const before = (await server.admin.request<Stats>('GET', '/stats')).body;
    expect(before).toMatchObject({ nodes: [{ node: 'counted', connections: { open: 0 } }], silent_nodes: 0 });

    const clients = await Promise.all(['ann', 'bob'].map((name) => new RecordingClient(server, name).connect()));
    for (let i = 0; i < 5; i++) await server.admin.publish('counted', { content: `${i}` });
    for (const client of clients) {
      await client.until('five messages', () => client.frames.filter(({ type }) => type === 'message').length === 5);
      await client.acknowledged();
    }

    const [now] = (await server.admin.request<Stats>('GET', '/stats')).body.nodes;
    const [then] = before.nodes;
    expect(now.connections).toMatchObject({ open: 2, opened_total: then.connections.opened_total + 2 });
    expect(now.notifications.published_total - then.notifications.published_total).toBe(5);
    // Statuses are written too.
    expect(now.notifications.delivered_total - then.notifications.delivered_total).toBeGreaterThanOrEqual(10);
    expect(now.notifications.acknowledged_total - then.notifications.acknowledged_total).toBeGreaterThanOrEqual(10);
    expect(now.latency.write.buckets.at(-1)).toEqual({ le: null, count: now.latency.write.count });
    expect(now.uptime_seconds).toBeGreaterThan(then.uptime_seconds);
    await Promise.all(clients.map((client) => client.closeCleanly()));
  });

  it('is for administrators', async () => {
    expect((await server.api(signToken({ sub: 'ann' })).request('GET', '/stats')).status).toBe(403);
    expect((await server.api(signToken({ sub: 'backend', scope: 'publish' })).request('GET', '/stats')).status).toBe(403);
  });
});
