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

  /** The rooms of a tenant: at least those that are not deleted. */
  rooms(tenant: string): string {
    return `${this.prefix}:{${tenant}}:rooms`;
  }

  /** The positions of a tenant's presence changes, the newest of each client, and their statuses. */
  presence(tenant: string): [position: string, changes: string, statuses: string, present: string] {
    const of = (part: string): string => `${this.prefix}:{${tenant}}:presence:${part}`;
    return [of('position'), of('changes'), of('statuses'), of('present')];
  }

  get tenants(): string {
    return `${this.prefix}:tenants`;
  }

  get bans(): string {
    return `${this.prefix}:bans`;
  }

  get revocations(): string {
    return `${this.prefix}:revocations`;
  }

  private ofLog(tenant: string, log: string, part: string): string {
    return `${this.prefix}:{${tenant}/${log}}:${part}`;
  }
}
