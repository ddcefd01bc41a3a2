// Which servers keep the store: one, the one that Sentinels name, or those of a cluster.
import { Inquirer } from './inquirer.js';
import { toAddress, type RedisAccess } from './redis-access.js';
import { ServerMap } from './server-map.js';

/** How often Sentinels and clusters are asked, ms, though nothing seems to have changed. */
const SENTINEL_INTERVAL_MS = 1_000;
const CLUSTER_INTERVAL_MS = 5_000;

/** Finds out which server writes what. */
export interface Discovery {
  /** How often to look again, ms; undefined when nothing can change. */
  readonly intervalMs?: number;
  /** Whether the store is spread over several servers. */
  readonly isCluster: boolean;
  /** @param known servers that may be asked beside those that were named */
  discover(known: readonly string[]): Promise<ServerMap>;
  stop(): void;
}

/** Finds out what kind of store it is. @throws Error that says why it cannot be used */
export async function findDiscovery(access: RedisAccess): Promise<Discovery> {
  const inquirer = new Inquirer((address) => (access.sentinelMaster === undefined ? access.entry(address) : access.sentinelEntry(address)));
  const info = await inquirer.ask(access.addresses, ['INFO'], String);
  const isSentinel = /^redis_mode:sentinel/m.test(info);
  if (access.sentinelMaster !== undefined) {
    if (!isSentinel) throw new Error('REDIS_URL names a master for Sentinels to find, and a server that is no Sentinel');
    return new SentinelDiscovery(access.sentinelMaster, access.addresses, inquirer);
  }
  inquirer.leave();
  if (isSentinel) throw new Error('REDIS_URL names Sentinels; add the name that they have for the master: ?master=NAME');
  if (/^cluster_enabled:1/m.test(info)) {
    if (access.database !== 0) throw new Error('REDIS_URL names a database, and a Cluster has only one');
    return new ClusterDiscovery(access.addresses, new Inquirer((address) => access.entry(address)));
  }
  if (access.addresses.length > 1) throw new Error('REDIS_URL names several servers, and they are neither Sentinels nor nodes of a Cluster');
  return { isCluster: false, discover: () => Promise.resolve(ServerMap.whole(access.addresses[0])), stop: () => undefined };
}

/** The master of one name, as Sentinels know it. */
class SentinelDiscovery implements Discovery {
  readonly intervalMs = SENTINEL_INTERVAL_MS;
  readonly isCluster = false;

  constructor(
    private readonly master: string,
    private readonly sentinels: readonly string[],
    private readonly inquirer: Inquirer,
  ) {}

  discover(): Promise<ServerMap> {
    return this.inquirer.ask(this.sentinels, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.master], (reply) => {
      if (!Array.isArray(reply)) throw new Error(`it knows no master "${this.master}"`);
      const [host, port] = reply as [string, string];
      return ServerMap.whole(toAddress(host, port));
    });
  }

  stop(): void {
    this.inquirer.leave();
  }
}

/** First and last slot, the master and its replicas: host (empty or null when it is the one that was asked), port, … */
type SlotsReply = [from: number, to: number, master: [host: string | null, port: number, ...unknown[]], ...unknown[]][];

/** The masters of a cluster, and their slots. */
class ClusterDiscovery implements Discovery {
  readonly intervalMs = CLUSTER_INTERVAL_MS;
  readonly isCluster = true;

  constructor(
    private readonly named: readonly string[],
    private readonly inquirer: Inquirer,
  ) {}

  discover(known: readonly string[]): Promise<ServerMap> {
    return this.inquirer.ask([...new Set([...known, ...this.named])], ['CLUSTER', 'SLOTS'], (reply, asked) => {
      const map = new ServerMap();
      for (const [from, to, [host, port]] of reply as SlotsReply) map.assign(from, to, host ? toAddress(host, port) : toAddress(asked.slice(0, asked.lastIndexOf(':')), port));
      if (map.masters.length === 0) throw new Error('it knows no slots of its Cluster');
      return map;
    });
  }

  stop(): void {
    this.inquirer.leave();
  }
}
