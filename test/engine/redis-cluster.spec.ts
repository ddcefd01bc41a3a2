// A Cluster that hands slots on and loses masters while it is used.
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { RedisCluster } from '../support/redis-cluster.js';
import type { RedisProcess } from '../support/redis-process.js';
import { rejection } from './conformance/engine-fixture.js';
import { FeedNode, TENANT } from './feed-node.js';
import { newRedisEngine } from './new-redis-engine.js';

const ALICE = { tenant: TENANT, clientId: 'alice', device: '' };
const PREFIX = 'test';
/** Publishes that are under way while a slot moves. */
const MANY = 200;

const keyOf = (log: string): string => `${PREFIX}:{${TENANT}/${log}}:log`;

let cluster: RedisCluster;
const started: FeedNode[] = [];

afterEach(async () => {
  for (const { engine } of started.splice(0)) await engine.stop();
  await cluster.destroy();
});

/** Two engines over one Cluster, the second of which has alice. */
async function start(replicasOfEach: number, options: Partial<Parameters<typeof newRedisEngine>[0]> = {}): Promise<[writer: FeedNode, reader: FeedNode]> {
  cluster = await new RedisCluster(replicasOfEach).start();
  for (let i = 0; i < 2; i++) {
    const engine = newRedisEngine({ url: cluster.url, prefix: PREFIX, queueMaxPerClient: 1_000, ...options });
    await engine.start();
    started.push(new FeedNode(engine));
  }
  const [writer, reader] = started;
  await writer.createRoom('r1', ['alice']);
  await reader.engine.openQueue(ALICE);
  return [writer, reader];
}

function otherThan(master: RedisProcess): RedisProcess {
  const other = cluster.masters.find((one) => one !== master);
  if (other === undefined) throw new Error('There is only one master');
  return other;
}

/** A room whose log is at another master. */
async function roomElsewhere(than: RedisProcess): Promise<string> {
  for (let i = 0; ; i++) if ((await cluster.masterOf(keyOf(`else-${i}`))) !== than) return `else-${i}`;
}

async function hasChannel(server: RedisProcess, log: string): Promise<boolean> {
  const channels = (await server.command('PUBSUB', 'SHARDCHANNELS')) as string[];
  return channels.includes(`${PREFIX}:{${TENANT}/${log}}:feed`);
}

describe('a slot that moves while its room is written', () => {
  it.each(['r1', '@alice'])('loses nothing and changes no order (%s), and its channel moves with it', async (log) => {
    const [writer, reader] = await start(0);
    await writer.publishSurely(log, 'first');
    await reader.has(log, '1');
    const from = await cluster.masterOf(keyOf(log));
    const to = otherThan(from);
    const publishing: Promise<{ seq: number }>[] = [];
    const publishSome = (): void => {
      for (let i = 0; i < MANY; i++) publishing.push(writer.publishSurely(log, `n${publishing.length}`));
    };
    publishSome();
    await cluster.moveSlot(await cluster.slotOf(keyOf(log)), from, to, publishSome);
    publishSome();
    const numbers = (await Promise.all(publishing)).map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, i) => i + 2));
    await reader.has(log, String(numbers.length + 1));
    expect(reader.of(log)).toEqual(['1', ...numbers.map(String)]);
    await eventually('the channel at its new server', () => hasChannel(to, log));
    expect(await hasChannel(from, log)).toBe(false);
  });
});

describe('a master that ends', () => {
  it('stops the rooms of its slots until its replica is the master, and no others; its entries have another incarnation then', async () => {
    const [writer, reader] = await start(1);
    const { incarnation } = await writer.publishSurely('r1', 'before');
    await reader.has('r1', '1');
    const master = await cluster.masterOf(keyOf('r1'));
    const elsewhere = await roomElsewhere(master);
    await writer.createRoom(elsewhere, []);
    await master.kill();
    expect(await rejection(writer.publish('r1'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await writer.publish(elsewhere);
    const after = await writer.publishSurely('r1', 'after');
    expect(after.incarnation).toBeGreaterThan(incarnation);
    await reader.has('r1', String(after.seq));
    const from = await cluster.masterOf(keyOf('r1'));
    expect(from).not.toBe(master);
    await eventually('the channel at its new server', () => hasChannel(from, 'r1'));
  });

  it('has whoever said how clients are say it again, and bans read again, though it keeps no leases', async () => {
    const [writer, reader] = await start(1);
    const told: string[] = [];
    // Nobody is connected at the one, somebody at the other.
    for (const [name, { engine }] of Object.entries({ writer, reader })) {
      engine.listenPresence({ changed: () => undefined, orphaned: () => undefined, forgotten: () => told.push(`forgotten: ${name}`) });
    }
    reader.engine.listenAccess(({ kind }) => told.push(kind));
    const ban = { tenant: TENANT, clientId: 'mallory', reason: 'spam', bannedAt: 1, until: 4_102_444_800_000 };
    await writer.engine.saveBan(ban);
    await eventually('the ban to be told', () => told.includes('banned'));
    for (const key of [`${PREFIX}:{${TENANT}}:presence:position`, `${PREFIX}:{access}:bans`]) {
      const master = await cluster.masterOf(key);
      if (cluster.replicas.includes(master)) continue;
      await master.kill();
      await eventually('its replica to be the master', async () => (await cluster.masterOf(key)) !== master);
    }
    await eventually('all to be told', () => ['forgotten: writer', 'forgotten: reader', 'reloaded'].every((one) => told.includes(one)));
    expect(await reader.engine.listBans(2)).toEqual([ban]);
  });
});

describe('REDIS_WAIT_REPLICAS over a Cluster', () => {
  it('asks the replicas of the server that has the room', async () => {
    const [writer] = await start(1, { replication: { replicas: 1, timeoutMs: 500, onDisk: false } });
    const master = await cluster.masterOf(keyOf('r1'));
    const elsewhere = await roomElsewhere(master);
    await writer.createRoom(elsewhere, []);
    await cluster.replicas[cluster.masters.indexOf(master)].kill();
    expect(await rejection(writer.publish('r1'))).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await writer.publish(elsewhere);
  });
});
