// The second lines to Redis: sharded channels, and what is published on them.
import type { RedisAccess } from './redis-access.js';
import { isMisplaced, toChatError, toRedirection } from './redis-error.js';
import { SubscribedServer, type Receive } from './subscribed-server.js';
import type { Topology } from './topology.js';

/** How often a subscription is tried while its slot moves. */
const ATTEMPTS = 5;

/** Subscribes to sharded channels (SSUBSCRIBE, Redis 7) where they are published, again whenever a line has been away or a channel has moved. */
export class RedisSubscriber {
  private readonly servers = new Map<string, SubscribedServer>();
  private readonly wanted = new Map<string, { readonly receive: Receive; server: SubscribedServer | undefined }>();
  private readonly receive: Receive = (message, channel) => this.wanted.get(channel)?.receive(message, channel);

  /** @param resumed told when a line was away and is back, with every subscription, or channels have moved: what was published meanwhile is lost */
  constructor(
    private readonly access: RedisAccess,
    private readonly topology: Topology,
    private readonly resumed: () => void,
    private readonly onError: (error: Error) => void,
  ) {}

  /** The servers have been found: connects to each. @throws Error naming the server that cannot be reached */
  async open(): Promise<void> {
    this.topology.onChange(() => void this.move());
    await Promise.all(this.topology.masters.map((address) => this.create(address).open()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.close()));
  }

  /** Resolves when everything that is published from then on comes. Rejects with `STORE_UNAVAILABLE` while there is no line. */
  async subscribe(channel: string, receive: Receive): Promise<void> {
    this.wanted.set(channel, { receive, server: undefined });
    await this.place(channel);
  }

  unsubscribe(channel: string): void {
    const server = this.wanted.get(channel)?.server;
    this.wanted.delete(channel);
    server?.unsubscribe(channel);
  }

  /** Subscribes to a channel at the server that has it now. */
  private async place(channel: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const subscription = this.wanted.get(channel);
      if (subscription === undefined) return;
      let server: SubscribedServer | undefined;
      try {
        subscription.server = server = this.serverAt(this.topology.masterOf(channel));
        await server.subscribe(channel);
        return;
      } catch (error) {
        server?.unsubscribe(channel);
        const isElsewhere = server?.isOver === true || toRedirection(error) !== undefined || isMisplaced(error);
        if (!isElsewhere || attempt === ATTEMPTS) throw toChatError(error);
        await this.topology.refresh();
      }
    }
  }

  /** Channels are elsewhere now. A line that has lost some is given up with all that it has: what it says about its subscriptions is not to be relied on. */
  private async move(): Promise<void> {
    const masters = new Set(this.topology.masters);
    const left = new Set([...this.servers.values()].filter(({ address }) => !masters.has(address)));
    for (const [channel, { server }] of this.wanted) if (server !== undefined && this.topology.masterOf(channel) !== server.address) left.add(server);
    for (const server of left) {
      this.servers.delete(server.address);
      server.destroy();
    }
    for (const address of masters) this.serverAt(address);
    const moved = [...this.wanted].filter(([, { server }]) => server === undefined || left.has(server));
    // What fails is asked for again when the line is there.
    await Promise.allSettled(moved.map(([channel]) => this.place(channel)));
    this.resumed();
  }

  private serverAt(address: string | undefined): SubscribedServer {
    if (address === undefined) throw new Error('No server of the Cluster has the slot');
    let server = this.servers.get(address);
    if (server === undefined) {
      server = this.create(address);
      server.begin();
    }
    return server;
  }

  private create(address: string): SubscribedServer {
    const server = new SubscribedServer(address, (to) => this.access.entry(to), this.receive, {
      failed: (error) => {
        this.onError(error);
        void this.topology.refresh();
      },
      channelMoved: () => void this.topology.refresh(),
      resumed: (replaced) => void this.resume(server, replaced),
    });
    this.servers.set(address, server);
    return server;
  }

  /** A line that is merely back has its subscriptions again; another one has none. */
  private async resume(server: SubscribedServer, replaced: boolean): Promise<void> {
    if (replaced) {
      const channels = [...this.wanted.keys()].filter((channel) => this.topology.masterOf(channel) === server.address);
      // What fails is asked for again when the line is back.
      await Promise.allSettled(channels.map((channel) => this.place(channel)));
    }
    void this.topology.refresh();
    this.resumed();
  }
}
