// What Redis keeps of a room that was deleted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisEngine } from '../../src/engine/redis/index.js';
import { eventually } from '../support/eventually.js';
import { RedisProcess } from '../support/redis-process.js';
import { FeedNode, NOW, TENANT } from './feed-node.js';
import { newRedisEngine } from './new-redis-engine.js';

const server = new RedisProcess(false);
const ALICE = { tenant: TENANT, clientId: 'alice', device: '' };
let stores = 0;

beforeAll(() => server.start());
afterAll(() => server.destroy());

async function withStore(check: (node: FeedNode, engine: RedisEngine, keys: (pattern: string) => Promise<string[]>) => Promise<void>): Promise<void> {
  const prefix = `leftovers-${++stores}`;
  const engine = newRedisEngine({ url: server.url, prefix, queueTtlSeconds: 1 });
  await engine.start();
  const keys = async (pattern: string): Promise<string[]> => ((await server.command('KEYS', `${prefix}:${pattern}`)) as string[]).sort();
  try {
    await check(new FeedNode(engine), engine, keys);
  } finally {
    await engine.stop();
  }
}

describe('a deleted room', () => {
  it('leaves its numbers alone behind, once nothing of it is kept any more', async () => {
    await withStore(async (node, engine, keys) => {
      await node.createRoom('r1', ['alice', 'bob']);
      await node.change('r1', 'add', 'carol', true);
      await node.publish('r1', 2);
      await engine.saveCursors([{ ...ALICE, log: 'r1', seq: 1, clientSeq: 1, at: NOW }]);
      await engine.deleteRoom({ tenant: TENANT, roomId: 'r1', at: NOW });
      const left = await eventually('the rest to be gone', async () => {
        const found = await keys('*/r1}:*');
        return found.length === 1 && found;
      });
      expect(await server.command('HGET', left[0], 'head')).toBe('4');
      await engine.openQueue(ALICE);
      const directories = await keys('*@alice}:rooms');
      expect(directories).toEqual([]);
    });
  });

  it('is in the queue of its members until then', async () => {
    await withStore(async (node, engine) => {
      await node.createRoom('r1', ['alice']);
      await node.publish('r1');
      await engine.deleteRoom({ tenant: TENANT, roomId: 'r1', at: NOW });
      expect((await engine.openQueue(ALICE)).logs).toContainEqual({ log: 'r1', after: 0, head: 2, memberCount: 0, ended: true });
    });
  });

  it('keeps its members when it is made anew', async () => {
    await withStore(async (node, engine, keys) => {
      await node.createRoom('r1', ['alice']);
      await engine.deleteRoom({ tenant: TENANT, roomId: 'r1', at: NOW });
      await node.createRoom('r1', ['alice']);
      const ends = await Promise.all((await keys('*/r1}:*')).map((key) => server.command('PTTL', key)));
      expect(ends.every((end) => end === -1)).toBe(true);
      expect((await engine.openQueue(ALICE)).logs).toContainEqual({ log: 'r1', after: 1, head: 1, memberCount: 1 });
    });
  });
});
