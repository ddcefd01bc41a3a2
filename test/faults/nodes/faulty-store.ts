// What servers keep everything in: one Redis, the master of Sentinels, or a Cluster, each with what can happen to it.
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Loss } from '../../support/lost-branches.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisProcess } from '../../support/redis-process.js';
import { RedisSentinels } from '../../support/redis-sentinels.js';
import { type Fault, lineFault, lineFaults, NODE_FAULTS, someSeconds } from './faults.js';
import { NamespaceNetwork } from './namespace-network.js';
import { type FaultyNetwork, type NodeNetwork, NODES, ProxyNetwork } from './node-network.js';

/** The tenant and the prefix of the servers' settings, and a room of the run. */
const ROOM_KEY = 'chatapi:{default/north}:log';
/** A replica has to have what is answered: fail-over loses nothing. */
const WITH_REPLICA = { REDIS_WAIT_REPLICAS: '1', REDIS_WAIT_TIMEOUT_MS: '500' };
/** How long a link between master and replica stays cut, ms: shorter than Sentinels need to give the replica up. */
const CUT_FOR_MS = 2_000;
const TAKEN_OVER_WITHIN_MS = 30_000;

/** Something that can be started, can fail, and can be ended. */
export interface FaultyStore {
  /** Beside those of every server. */
  readonly settings: Readonly<Record<string, string>>;
  /** What happens to servers over it, and to itself. */
  readonly faults: readonly Fault[];
  /** Where it may lose something, what was counted last for limits may be lost too. */
  readonly loses: Loss;
  /** The way to it from a server, by the server's number. */
  network(index: number): NodeNetwork;
  start(): Promise<unknown>;
  destroy(): Promise<void>;
}

/** One Redis, reached through a network of each server that can fail. */
class SingleStore implements FaultyStore {
  readonly settings = {};
  readonly loses = 'nothing';
  readonly faults: readonly Fault[];

  constructor(
    private readonly redis: RedisProcess,
    private readonly networks: readonly FaultyNetwork[],
    networkFaults: readonly Fault[],
  ) {
    this.faults = [
      {
        name: 'Redis is killed and started again',
        async happen({ random }) {
          await redis.kill();
          await someSeconds(random, 0, 3);
          await redis.start();
        },
      },
      {
        name: 'Redis stands still',
        async happen({ random }) {
          redis.freeze();
          await someSeconds(random, 1, 6);
          redis.thaw();
        },
      },
      ...networkFaults,
      ...NODE_FAULTS,
    ];
  }

  network(index: number): FaultyNetwork {
    return this.networks[index];
  }

  async start(): Promise<void> {
    await Promise.all(this.networks.map((network) => network.open()));
    await this.redis.start();
  }

  async destroy(): Promise<void> {
    await this.redis.destroy();
    await Promise.all(this.networks.map((network) => network.close()));
  }
}

/** Each server reaches Redis through a proxy. */
export function proxiedStore(): FaultyStore {
  const redis = new RedisProcess();
  const networks = Array.from({ length: NODES }, () => new ProxyNetwork(() => redis.port));
  const [cut, ...swallowing] = lineFaults(({ index }) => networks[index]);
  const publications = lineFault('the publications for a server are swallowed', ({ index }) => networks[index], (network) => network.swallowPublications());
  return new SingleStore(redis, networks, [cut, publications, ...swallowing]);
}

/** Each server is in a network namespace of its own. */
export function namespacedStore(): FaultyStore {
  const networks = Array.from({ length: NODES }, (_, i) => new NamespaceNetwork(i, (): number => redis.port));
  const redis: RedisProcess = new RedisProcess(true, undefined, ['--protected-mode', 'no', '--bind', '127.0.0.1', ...networks.map(({ address }) => address)]);
  const questions = lineFault('what a server sends to Redis is lost', ({ index }) => networks[index], (network) => network.swallowQuestions());
  return new SingleStore(redis, networks, [...lineFaults(({ index }) => networks[index]), questions]);
}

/** What happens to the same servers happens one after another. */
class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take(happen: () => Promise<void>): Promise<void> {
    const turn = this.last.then(happen);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

/** A master and its replica, which three Sentinels watch. */
export class SentinelStore implements FaultyStore {
  readonly settings: Readonly<Record<string, string>>;
  readonly loses: Loss;
  readonly faults: readonly Fault[] = [
    { name: 'the link of the replica is cut, then the master ends, and the replica takes over', happen: () => this.turns.take(() => this.failOver(CUT_FOR_MS)) },
    ...NODE_FAULTS,
    { name: 'the master ends, and the replica takes over', happen: () => this.turns.take(() => this.failOver(0)) },
  ];
  private readonly turns = new Turns();
  private master = new RedisProcess();
  private replica = new RedisProcess(true, this.master);
  private readonly sentinels = new RedisSentinels(this.master);

  /** @param waits whether a publish is answered only when the replica has it */
  constructor(waits: boolean) {
    this.settings = waits ? WITH_REPLICA : {};
    this.loses = waits ? 'unanswered' : 'answered';
  }

  network(): NodeNetwork {
    return { url: this.sentinels.url };
  }

  async start(): Promise<void> {
    await this.master.start();
    await this.replica.start();
    await this.replica.synchronized();
    await this.sentinels.start();
  }

  async destroy(): Promise<void> {
    await this.sentinels.destroy();
    await this.replica.destroy();
    await this.master.destroy();
  }

  private async failOver(cutForMs: number): Promise<void> {
    const { master, replica } = this;
    if (cutForMs > 0) {
      await master.cutReplicas();
      await delay(cutForMs);
    }
    await master.kill();
    await eventually('the replica to take over', async () => (await this.sentinels.masterPort()) === replica.port, TAKEN_OVER_WITHIN_MS);
    await master.start();
    await master.command('REPLICAOF', '127.0.0.1', replica.port);
    await master.synchronized();
    [this.master, this.replica] = [replica, master];
  }
}

/** A Cluster of three masters, each with a replica. */
export class ClusterStore implements FaultyStore {
  readonly settings = WITH_REPLICA;
  readonly loses = 'unanswered';
  readonly faults: readonly Fault[] = [
    { name: 'the slot of a room is moved', happen: () => this.turns.take(() => this.moveSlot()) },
    ...NODE_FAULTS,
    { name: 'the master of a room ends, and its replica takes over', happen: () => this.turns.take(() => this.failOver()) },
  ];
  private readonly turns = new Turns();
  private readonly cluster = new RedisCluster(1, true);

  network(): NodeNetwork {
    return { url: this.cluster.url };
  }

  start(): Promise<unknown> {
    return this.cluster.start();
  }

  destroy(): Promise<void> {
    return this.cluster.destroy();
  }

  private async moveSlot(): Promise<void> {
    const [from, masters] = await Promise.all([this.cluster.masterOf(ROOM_KEY), this.cluster.currentMasters()]);
    const to = masters.find((master) => master !== from);
    if (to !== undefined) await this.cluster.moveSlot(await this.cluster.slotOf(ROOM_KEY), from, to);
  }

  private async failOver(): Promise<void> {
    const master = await this.cluster.masterOf(ROOM_KEY);
    await master.kill();
    await eventually('the replica to take over', async () => (await this.cluster.masterOf(ROOM_KEY)) !== master, TAKEN_OVER_WITHIN_MS);
    await master.start();
    await master.synchronized();
  }
}
