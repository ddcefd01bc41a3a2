// What servers keep everything in: one Redis, the master of Sentinels, or a Cluster, each with what can happen to it.
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisProcess } from '../../support/redis-process.js';
import { RedisSentinels } from '../../support/redis-sentinels.js';
import { type Fault, LINE_FAULTS, NODE_FAULTS, someSeconds } from './faults.js';

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
  /** A Redis that takes over may not have what was answered to nobody, nor what was counted last for limits. */
  readonly losesUnanswered: boolean;
  /** The port that a network before it leads to. */
  readonly port: number;
  /** REDIS_URL; through this port of a network where that is possible. */
  urlThrough(port: number): string;
  start(): Promise<unknown>;
  destroy(): Promise<void>;
}

/** One Redis, reached through the network of each server. */
export class SingleStore implements FaultyStore {
  readonly settings = {};
  readonly losesUnanswered = false;
  readonly faults: readonly Fault[];
  private readonly redis = new RedisProcess();

  constructor() {
    const { redis } = this;
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
      ...LINE_FAULTS,
      ...NODE_FAULTS,
    ];
  }

  get port(): number {
    return this.redis.port;
  }

  urlThrough(port: number): string {
    return `redis://127.0.0.1:${port}`;
  }

  start(): Promise<unknown> {
    return this.redis.start();
  }

  destroy(): Promise<void> {
    return this.redis.destroy();
  }
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
  readonly settings = WITH_REPLICA;
  readonly losesUnanswered = true;
  readonly faults: readonly Fault[] = [
    { name: 'the link of the replica is cut, then the master ends, and the replica takes over', happen: () => this.turns.take(() => this.failOver(CUT_FOR_MS)) },
    ...NODE_FAULTS,
    { name: 'the master ends, and the replica takes over', happen: () => this.turns.take(() => this.failOver(0)) },
  ];
  private readonly turns = new Turns();
  private master = new RedisProcess();
  private replica = new RedisProcess(true, this.master);
  private readonly sentinels = new RedisSentinels(this.master);

  get port(): number {
    return this.master.port;
  }

  urlThrough(): string {
    return this.sentinels.url;
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
  readonly losesUnanswered = true;
  readonly faults: readonly Fault[] = [
    { name: 'the slot of a room is moved', happen: () => this.turns.take(() => this.moveSlot()) },
    ...NODE_FAULTS,
    { name: 'the master of a room ends, and its replica takes over', happen: () => this.turns.take(() => this.failOver()) },
  ];
  private readonly turns = new Turns();
  private readonly cluster = new RedisCluster(1, true);

  get port(): number {
    return this.cluster.masters[0].port;
  }

  urlThrough(): string {
    return this.cluster.url;
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
