// The lines to Redis for commands: they go out in the order in which they are given, each to the server that has its key, and what goes wrong has one name.
import { hashSlot } from './hash-slot.js';
import type { RedisAccess } from './redis-access.js';
import { isMisplaced, toChatError, toRedirection } from './redis-error.js';
import { Redirections } from './redirections.js';
import { RedisServer, type Command, type Replication, type Reply, type Sending } from './redis-server.js';
import type { Topology } from './topology.js';

const PLAIN: Sending = { asking: false, safely: false };
const SAFE: Sending = { asking: false, safely: true };

/** Which process a server is, by what its `INFO` says. */
export function runIdOf(info: string): string | undefined {
  return /^run_id:(\w+)/m.exec(info)?.[1];
}

/** Runs commands and scripts. Rejects with `STORE_UNAVAILABLE` while there is no line. */
export class RedisConnection {
  private readonly servers = new Map<string, RedisServer>();
  private readonly redirections: Redirections;
  private scripts: readonly string[] = [];
  private readonly returned: (() => void)[] = [];

  constructor(
    private readonly access: RedisAccess,
    private readonly topology: Topology,
    private readonly onError: (error: Error) => void,
    private readonly replication: Replication = { replicas: 0, timeoutMs: 0, onDisk: false },
  ) {
    this.redirections = new Redirections((name, address) => topology.moved(name, address));
  }

  /**
   * The servers have been found: connects to each.
   *
   * @param scripts what will be run, given to every server beforehand
   * @throws Error naming the server that cannot be reached
   */
  async open(scripts: readonly string[]): Promise<void> {
    this.scripts = scripts;
    this.topology.onChange(() => this.leave());
    await Promise.all(this.topology.masters.map((address) => this.create(address).open()));
  }

  /** Waits for what was asked, then closes. */
  async close(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.close()));
  }

  /** Told when a server is there again, or a new one is there. Must not throw. */
  onReturn(listener: () => void): void {
    this.returned.push(listener);
  }

  /** What each server says of itself. */
  async info(): Promise<string[]> {
    return Promise.all(this.topology.masters.map((address) => this.serverAt(address).send<string>(['INFO'], PLAIN)));
  }

  /** Which process (`run_id`) each server is that writes, by its address; undefined for one that does not answer. */
  async runIds(): Promise<Map<string, string | undefined>> {
    const found = this.topology.masters.map(async (address): Promise<[string, string | undefined]> => {
      const said = await this.serverAt(address).send<string>(['INFO', 'server'], PLAIN).catch(() => '');
      return [address, runIdOf(said)];
    });
    return new Map(await Promise.all(found));
  }

  /** Runs one command. */
  command<T = Reply>(name: string, key: string, ...rest: Command): Promise<T> {
    return this.route(key, PLAIN, (server, sending) => server.send<T>([name, key, ...rest], sending));
  }

  /** Runs one command whose write is to survive the server, as {@link runSafely} does. */
  commandSafely<T = Reply>(name: string, key: string, ...rest: Command): Promise<T> {
    return this.route(key, SAFE, (server, sending) => server.send<T>([name, key, ...rest], sending));
  }

  /** Runs a script; its keys are on one slot. */
  run<T = Reply>(script: string, keys: readonly string[], args: Command): Promise<T> {
    return this.route(keys[0], PLAIN, (server, sending) => server.run<T>(script, keys, args, sending));
  }

  /**
   * Runs a script whose writes are to survive the server: resolves when so many replicas as are asked for have them. Rejects with `STORE_UNAVAILABLE`
   * when too few have them in time: then nobody knows whether they last.
   */
  runSafely<T = Reply>(script: string, keys: readonly string[], args: Command): Promise<T> {
    return this.route(keys[0], SAFE, (server, sending) => server.run<T>(script, keys, args, sending));
  }

  private async route<T>(key: string, sending: Sending, send: (server: RedisServer, sending: Sending) => Promise<T>): Promise<T> {
    const sendTo = (asked?: string): Promise<T> => send(this.serverAt(asked ?? this.topology.masterOf(key)), asked === undefined ? sending : { ...sending, asking: true });
    try {
      if (!this.topology.isCluster) return await sendTo();
      return await this.routeInCluster(key, sendTo);
    } catch (error) {
      if (isMisplaced(error)) void this.topology.refresh();
      throw toChatError(error);
    }
  }

  private async routeInCluster<T>(key: string, sendTo: (asked?: string) => Promise<T>): Promise<T> {
    const slot = hashSlot(key);
    if (this.redirections.isHeld(slot)) return this.redirections.add(slot, key, sendTo);
    try {
      return await sendTo();
    } catch (error) {
      const redirection = toRedirection(error);
      if (redirection === undefined) throw error;
      return await this.redirections.add(slot, key, sendTo, redirection);
    }
  }

  private serverAt(address: string | undefined): RedisServer {
    if (address === undefined) {
      void this.topology.refresh();
      throw new Error('No server of the Cluster has the slot');
    }
    let server = this.servers.get(address);
    if (server === undefined) {
      server = this.create(address);
      server.begin();
    }
    return server;
  }

  private create(address: string): RedisServer {
    const refresh = (): void => void this.topology.refresh();
    const server = new RedisServer(address, (to) => this.access.entry(to), this.scripts, this.replication, {
      failed: (error) => {
        this.onError(error);
        refresh();
      },
      resumed: () => {
        refresh();
        for (const listener of this.returned) listener();
      },
    });
    this.servers.set(address, server);
    return server;
  }

  /** Servers that do not write any more are left. */
  private leave(): void {
    const masters = new Set(this.topology.masters);
    for (const [address, server] of this.servers) {
      if (masters.has(address)) continue;
      this.servers.delete(address);
      server.destroy();
    }
    // The others are connected to before they are needed.
    for (const address of masters) this.serverAt(address);
  }
}
