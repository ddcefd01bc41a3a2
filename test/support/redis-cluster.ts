// A Redis Cluster of our own, whose slots can be moved and whose masters can be ended.
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { RedisProcess } from './redis-process.js';

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;
/** Keys that are moved with one command. */
const MOVED_AT_ONCE = 10;

/** Three masters, each with as many replicas as wanted. */
export class RedisCluster {
  readonly masters: RedisProcess[] = [];
  readonly replicas: RedisProcess[] = [];
  private readonly busPorts = new Map<RedisProcess, number>();

  constructor(
    private readonly replicasOfEach = 0,
    private readonly durable = false,
    private readonly options: readonly string[] = [],
  ) {}

  /** Names one of its nodes. */
  get url(): string {
    return this.masters[0].url;
  }

  /** Resolves when every slot is served. */
  async start(): Promise<this> {
    for (let i = 0; i < 3; i++) this.masters.push(await this.startNode());
    for (const [i, master] of this.masters.entries()) {
      await master.command('CLUSTER', 'ADDSLOTSRANGE', Math.floor((i * SLOTS) / 3), Math.floor(((i + 1) * SLOTS) / 3) - 1);
    }
    for (let i = 0; i < 3 * this.replicasOfEach; i++) this.replicas.push(await this.startNode());
    const [first, ...others] = this.nodes;
    for (const node of others) await first.command('CLUSTER', 'MEET', '127.0.0.1', node.port, this.busPorts.get(node) ?? 0);
    await this.settled();
    for (const [i, replica] of this.replicas.entries()) await replica.command('CLUSTER', 'REPLICATE', await idOf(this.masters[i % 3]));
    for (const replica of this.replicas) await replica.synchronized();
    return this;
  }

  /** The master that has a key's slot. */
  async masterOf(key: string): Promise<RedisProcess> {
    const slot = await this.slotOf(key);
    for (const node of this.nodes) {
      const found = await node.command('CLUSTER', 'SLOTS').catch(() => []);
      const range = (found as [number, number, [string, number]][]).find(([from, to]) => from <= slot && slot <= to);
      const master = this.nodes.find(({ port }) => port === range?.[2][1]);
      if (master !== undefined) return master;
    }
    throw new Error(`Nobody has the slot of ${key}`);
  }

  /** Those that have slots now and live. */
  async currentMasters(): Promise<RedisProcess[]> {
    const roles = await Promise.all(this.nodes.map(async (node) => ({ node, role: String(await node.command('INFO', 'replication').catch(() => '')) })));
    return roles.filter(({ role }) => role.includes('role:master')).map(({ node }) => node);
  }

  async slotOf(key: string): Promise<number> {
    return Number(await Promise.any(this.nodes.map((node) => node.command('CLUSTER', 'KEYSLOT', key))));
  }

  /** Hands a slot with everything in it to another master, key by key as `redis-cli --cluster reshard` does. `half`: called when some keys are here and some there. */
  async moveSlot(slot: number, from: RedisProcess, to: RedisProcess, half: () => void = () => undefined): Promise<void> {
    const [fromId, toId] = await Promise.all([idOf(from), idOf(to)]);
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    const [first] = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
    if (first !== undefined) await from.command('MIGRATE', '127.0.0.1', to.port, first, 0, 5_000);
    half();
    for (;;) {
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, MOVED_AT_ONCE)) as string[];
      if (keys.length === 0) break;
      await from.command('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    }
    for (const node of [to, from, ...(await this.currentMasters()).filter((master) => master !== to && master !== from)]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async destroy(): Promise<void> {
    for (const node of this.nodes) await node.destroy();
  }

  private get nodes(): RedisProcess[] {
    return [...this.masters, ...this.replicas];
  }

  private async startNode(): Promise<RedisProcess> {
    const bus = await freePort();
    const options = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', String(NODE_TIMEOUT_MS), ...this.options];
    const node = await new RedisProcess(this.durable, undefined, options).start();
    this.busPorts.set(node, bus);
    return node;
  }

  private async settled(): Promise<void> {
    for (const node of this.nodes) {
      await eventually('every node to know the whole Cluster', async () => {
        const info = String(await node.command('CLUSTER', 'INFO'));
        return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.nodes.length}`);
      });
    }
  }
}

async function idOf(node: RedisProcess): Promise<string> {
  return String(await node.command('CLUSTER', 'MYID'));
}
