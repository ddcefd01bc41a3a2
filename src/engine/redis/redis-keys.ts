// Names of keys. What has to change at once shares a hash tag, so that it is on one slot of a cluster.

/** The keys of one store; ids hold neither slashes nor braces. */
export class RedisKeys {
  constructor(private readonly prefix: string) {}

  /** A log's own keys and its channel, in the order in which the scripts take them. */
  log(tenant: string, log: string): string[] {
    return ['log', 'entries', 'members', 'order', 'cursors', 'silent', 'feed'].map((part) => this.ofLog(tenant, log, part));
  }

  /** The sharded channel on which a log's new entries are published, and, on a client's own log, the rooms that it joins. */
  feed(tenant: string, log: string): string {
    return this.ofLog(tenant, log, 'feed');
  }

  /** A log's state. */
  logState(tenant: string, log: string): string {
    return this.ofLog(tenant, log, 'log');
  }

  /** What was appended to a log under an idempotency id. */
  idempotency(tenant: string, log: string, sender: string, id: string): string {
    return this.ofLog(tenant, log, `once:${JSON.stringify([sender, id])}`);
  }

  /** The rooms of a client: at least those that it is a member of. */
  roomsOf(tenant: string, clientId: string): string {
    return `${this.prefix}:{${tenant}/@${clientId}}:rooms`;
  }

  /** A client's devices, each with its position among presence changes. */
  devicesOf(tenant: string, clientId: string): string {
    return `${this.prefix}:{${tenant}/@${clientId}}:devices`;
  }

  /** A client's connections at all processes. */
  connectionsOf(tenant: string, clientId: string): string {
    return `${this.prefix}:{${tenant}/@${clientId}}:connections`;
  }

  /** The rooms of a tenant: at least those that are not deleted. */
  rooms(tenant: string): string {
    return `${this.prefix}:{${tenant}}:rooms`;
  }

  /** Of a tenant: the newest position of a presence change, those of clients, their statuses, where they are connected, the channel of changes, and the server that writes. */
  presence(tenant: string): [position: string, changes: string, statuses: string, nodes: string, feed: string, server: string] {
    const of = (part: string): string => this.ofPresence(tenant, part);
    return [of('position'), of('changes'), of('statuses'), of('nodes'), of('feed'), of('server')];
  }

  /** The clients of a tenant that are present by one process. */
  presentAt(tenant: string, node: string): string {
    return this.ofPresence(tenant, `at:${node}`);
  }

  /** The servers at which the store began. */
  get beginning(): string {
    return `${this.prefix}:beginning`;
  }

  /** Which store was moved here, if one was. */
  get migration(): string {
    return `${this.prefix}:migration`;
  }

  /** The tenants of whose clients anything was said. */
  get tenants(): string {
    return `${this.prefix}:tenants`;
  }

  /** The clients of a tenant whose coming or going is to be told to others, by the position of that change. */
  untoldPresence(tenant: string): string {
    return this.ofPresence(tenant, 'untold');
  }

  /** Bans, revocations, how often they were changed, and the channel of changes. */
  get access(): [bans: string, revocations: string, version: string, feed: string] {
    const of = (part: string): string => `${this.prefix}:{access}:${part}`;
    return [of('bans'), of('revocations'), of('version'), of('feed')];
  }

  /** When each process ceases to count as alive. */
  get leases(): string {
    return this.ofNodes('leases');
  }

  /** The channel of one process, or of all. */
  node(id = 'all'): string {
    return this.ofNodes(id);
  }

  /** Of a destination of the outbox: messages, attempts, and by time when they were added, when they are due, and which ids are remembered. */
  outbox(destination: string): [messages: string, attempts: string, added: string, due: string, remembered: string] {
    const of = (part: string): string => `${this.prefix}:{outbox/${destination}}:${part}`;
    return [of('messages'), of('attempts'), of('added'), of('due'), of('remembered')];
  }

  /** What was counted under a rate limit's key: when, and how much in all. */
  rateLimit(key: string): [hits: string, total: string] {
    const of = (part: string): string => `${this.prefix}:{limit/${key}}:${part}`;
    return [of('hits'), of('total')];
  }

  private ofPresence(tenant: string, part: string): string {
    return `${this.prefix}:{${tenant}}:presence:${part}`;
  }

  private ofNodes(part: string): string {
    return `${this.prefix}:{nodes}:${part}`;
  }

  private ofLog(tenant: string, log: string, part: string): string {
    return `${this.prefix}:{${tenant}/${log}}:${part}`;
  }
}
