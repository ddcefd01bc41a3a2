// GET /stats of several servers: the numbers of each, whichever is asked.
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeStatistics, StatisticsAnswer } from '../../../src/admin/statistics-of-nodes.service.js';
import { eventually } from '../../support/eventually.js';
import { RecordingClient } from '../../support/recording-client.js';
import { ThreeNodes } from './three-nodes.js';

const service = new ThreeNodes();
beforeAll(() => service.start({}, [0, 0]));
afterAll(() => service.destroy());

/** What a server that is given no name is called. */
const nameOf = (node: number): string => `${hostname()}:${service.nodes[node].pid}`;
const statsAt = async (node: number): Promise<StatisticsAnswer> => (await service.nodes[node].admin.request<StatisticsAnswer>('GET', '/stats')).body;

describe('the numbers of two servers', () => {
  it('are those of each for itself, of all in every answer, the server that was asked first', async () => {
    await service.nodes[0].admin.createRoom({ id: 'counted', members: ['ann', 'bob', 'cid'] });
    const before = await statsAt(0);
    expect(before).toMatchObject({ nodes: [{ node: nameOf(0), connections: { open: 0 } }, { node: nameOf(1), connections: { open: 0 } }], silent_nodes: 0 });

    const clients = await Promise.all(([['ann', 0], ['bob', 0], ['cid', 1]] as const).map(([name, node]) => new RecordingClient(service.nodes[node], name).connect()));
    for (let i = 0; i < 20; i++) await service.nodes[i < 12 ? 0 : 1].admin.publish('counted', { content: `${i}` });
    for (const client of clients) {
      await client.until('twenty messages', () => client.frames.filter(({ type }) => type === 'message').length === 20);
      await client.acknowledged();
    }

    const [atFirst, atSecond] = [await statsAt(0), await statsAt(1)];
    expect(atFirst.nodes.map(({ node }) => node)).toEqual([nameOf(0), nameOf(1)]);
    expect(atSecond.nodes.map(({ node }) => node)).toEqual([nameOf(1), nameOf(0)]);
    for (const { nodes, silent_nodes } of [atFirst, { ...atSecond, nodes: [...atSecond.nodes].reverse() }]) {
      const changeOf = (node: number, read: (statistics: NodeStatistics) => number): number => read(nodes[node]) - read(before.nodes[node]);
      expect(silent_nodes).toBe(0);
      expect([0, 1].map((node) => nodes[node].connections.open)).toEqual([2, 1]);
      expect([0, 1].map((node) => changeOf(node, ({ connections }) => connections.opened_total))).toEqual([2, 1]);
      // Published at one of them, and counted there alone.
      expect([0, 1].map((node) => changeOf(node, ({ notifications }) => notifications.published_total))).toEqual([12, 8]);
      // Twenty to each connection, and a few statuses.
      for (const total of ['delivered_total', 'acknowledged_total'] as const) {
        expect(changeOf(0, ({ notifications }) => notifications[total])).toBeGreaterThanOrEqual(40);
        expect(changeOf(1, ({ notifications }) => notifications[total])).toBeGreaterThanOrEqual(20);
        expect(changeOf(1, ({ notifications }) => notifications[total])).toBeLessThan(40);
      }
    }
    await Promise.all(clients.map((client) => client.closeCleanly()));
  });

  it('leave out a server that lives and does not answer, and count it', async () => {
    void service.nodes[1].signal('SIGSTOP');
    const alone = await statsAt(0);
    void service.nodes[1].signal('SIGCONT');
    expect([alone.nodes.map(({ node }) => node), alone.silent_nodes]).toEqual([[nameOf(0)], 1]);
    await eventually('both to answer', async () => (await statsAt(0)).silent_nodes === 0);
    expect((await statsAt(0)).nodes.map(({ node }) => node)).toEqual([nameOf(0), nameOf(1)]);
  });

  it('leave out a server that was stopped, and do not count it', async () => {
    await service.nodes[1].stop();
    const { nodes, silent_nodes } = await statsAt(0);
    expect([nodes.map(({ node }) => node), silent_nodes]).toEqual([[nameOf(0)], 0]);
  });
});
