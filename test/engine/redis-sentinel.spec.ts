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

async function startNode(replicas = 0): Promise<FeedNode> {
  const engine = newRedisEngine({ url: sentinels.url, replication: { replicas, timeoutMs: 500, onDisk: false } });
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
    await eventually('the old master to follow the new one', async () => {
      // Who makes it a replica breaks off its connections.
      const said = await master.command('INFO', 'replication').catch(String);
      return String(said).includes('role:slave');
    });
    const last = await writer.publishSurely('r1', 'last');
    expect(last.seq).toBe(3);
    expect((await writer.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(({ data }) => data)).toEqual(['before', 'after', 'last'].map((id) => JSON.stringify({ id })));
  });

  it('loses what only it had, with the link of its replica cut: its numbers come again in another incarnation, and whoever had it is told', async () => {
    const [writer, reader] = [await startNode(), await startNode()];
    await writer.createRoom('r1', ['alice']);
    await reader.engine.openQueue({ tenant: TENANT, clientId: 'alice', device: '' });
    await writer.publishSurely('r1', 'kept');
    await replica.synchronized();
    await master.cutReplicas();
    const lost = await writer.publishSurely('r1', 'lost');
    await reader.has('r1', String(lost.seq));
    await master.kill();
    const after = await writer.publishSurely('r1', 'after');
    expect(after.seq).toBe(lost.seq);
    expect(after.incarnation).toBeGreaterThan(lost.incarnation);
    await eventually('whoever had it to be told', () => reader.of('r1').some((text) => text.endsWith('rewound')));
    expect((await writer.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(({ data }) => data)).toEqual(['kept', 'after'].map((id) => JSON.stringify({ id })));
  });

  it('answers nothing that could be lost, with the link of its replica cut and REDIS_WAIT_REPLICAS', async () => {
    const writer = await startNode(1);
    await writer.createRoom('r1', ['alice']);
    await writer.publishSurely('r1', 'kept');
    await master.cutReplicas();
    expect(await rejection(writer.publish('r1'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await master.kill();
    await eventually('the replica to be the master', async () => (await sentinels.masterPort()) === replica.port);
    await master.start();
    await master.command('REPLICAOF', '127.0.0.1', replica.port);
    await writer.publishSurely('r1', 'after');
    expect((await writer.engine.readLog({ tenant: TENANT, log: 'r1' }, 0, 10)).map(({ data }) => data)).toEqual(['kept', 'after'].map((id) => JSON.stringify({ id })));
  });

  it('has to be named, by a name that they know', async () => {
    const refusal = async (url: string): Promise<unknown> => rejection(newRedisEngine({ url }).start());
    expect(await refusal(sentinels.firstUrl)).toMatchObject({ message: expect.stringContaining('?master=NAME') as string });
    expect(await refusal(`${sentinels.firstUrl}?master=other`)).toMatchObject({ message: expect.stringContaining('it knows no master "other"') as string });
    expect(await refusal(`${master.url}?master=chat`)).toMatchObject({ message: expect.stringContaining('no Sentinel') as string });
  });
});
