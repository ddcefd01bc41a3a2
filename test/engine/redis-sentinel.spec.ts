// A master that Sentinels watch: when it ends, its replica is written to.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { RedisProcess } from '../support/redis-process.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { rejection } from './conformance/engine-fixture.js';
import { FeedNode, TENANT } from './feed-node.js';
import { newRedisEngine } from './new-redis-engine.js';

let master: RedisProcess;
let replica: RedisProcess;
let sentinels: RedisSentinels;
const started: FeedNode[] = [];

beforeEach(async () => {
  master = await new RedisProcess(false).start();
  replica = await new RedisProcess(false, master).start();
  await replica.synchronized();
  sentinels = await new RedisSentinels(master).start();
});
afterEach(async () => {
  for (const { engine } of started.splice(0)) await engine.stop();
  await sentinels.destroy();
  await replica.destroy();
  await master.destroy();
});

async function startNode(): Promise<FeedNode> {
  const engine = newRedisEngine({ url: sentinels.url });
  await engine.start();
  const node = new FeedNode(engine);
  started.push(node);
  return node;
}

describe('the master of Sentinels', () => {
  it('is written to until it ends, then the replica that they promote, in another incarnation; the live feed goes on', async () => {
    const [writer, reader] = [await startNode(), await startNode()];
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue({ tenant: TENANT, clientId: 'alice', device: '' });
    const before = await writer.publishSurely('r1', 'before');
    await reader.has('r1', String(before.seq));
    await master.kill();
    const after = await writer.publishSurely('r1', 'after');
    expect(await sentinels.masterPort()).toBe(replica.port);
    expect(after).toMatchObject({ seq: before.seq + 1 });
    expect(after.incarnation).toBeGreaterThan(before.incarnation);
    await reader.has('r1', String(after.seq));
    // The line for publications is there too: what comes now comes without being looked for.
    await eventually('the channel at the new master', async () => ((await replica.command('PUBSUB', 'SHARDCHANNELS')) as string[]).some((channel) => channel.includes('r1')));
  });

  it('is not written to any more when it comes back as a replica', async () => {
    const writer = await startNode();
    await writer.createRoom('r1', ['alice']);
    await writer.publishSurely('r1', 'before');
    master.freeze();
    await writer.publishSurely('r1', 'after');
    master.thaw();
    await eventually('the old master to follow the new one', async () => String(await master.command('INFO', 'replication')).includes('role:slave'));
    const last = await writer.publishSurely('r1', 'last');
    expect(last.seq).toBe(3);
    expect((await writer.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(({ data }) => data)).toEqual(['before', 'after', 'last'].map((id) => JSON.stringify({ id })));
  });

  it('has to be named, by a name that they know', async () => {
    const refusal = async (url: string): Promise<unknown> => rejection(newRedisEngine({ url }).start());
    expect(await refusal(sentinels.firstUrl)).toMatchObject({ message: expect.stringContaining('?master=NAME') as string });
    expect(await refusal(`${sentinels.firstUrl}?master=other`)).toMatchObject({ message: expect.stringContaining('it knows no master "other"') as string });
    expect(await refusal(`${master.url}?master=chat`)).toMatchObject({ message: expect.stringContaining('no Sentinel') as string });
  });
});
