// The connections of each client at all processes: one sorted set a client, in which every process keeps its own right.
import { logKey } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import type { ClientReference } from '../../events/index.js';
import type { ConnectionPlaces, Place } from '../connection-places.interface.js';
import type { Compared } from './feed-reconciliation.js';
import { LEASE_MS, type NodeLease } from './node-lease.js';
import type { RedisNodeBus } from './node-bus.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import { SERVER_AND_TIME } from './script-parts.js';
import { within } from './within.js';

/** How long a client's places are kept when nobody says them again, ms: of processes that have died and clients that never come back. Said again more often than that. */
const KEPT_MS = 3_600_000;

/**
 * How long a connection that is about to be made waits to be counted at all processes, ms. A Redis that is well answers in a few; one that has nothing to say for so long is hanging or
 * being replaced, which takes seconds: whoever wants to connect should not wait for that, and give up.
 */
const ANSWER_WITHIN_MS = 1_000;

const DISPLACED = 'connections.displaced';

/**
 * A process says which connections of a client it has, and that it is about to have another one. KEYS: places as `process/connection`, by the time they were taken.
 * ARGV: process, the connection that wants a place or '', most places, '1' to displace the oldest, milliseconds for which a process that is not known to live may
 * merely be new, milliseconds kept, how many connections it has; for each connection and time, 0 for those of which it does not know yet whether they have a
 * place; then the processes that live. Returns the time, 0 for a place that is not granted, and what is displaced.
 */
export const SAY_PLACES = `${SERVER_AND_TIME}
local node, connecting, max, displaces, new_ms, kept_ms, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local now = now()
local own, live = {}, {}
for i = 8, 7 + 2 * count, 2 do own[node .. '/' .. ARGV[i]] = tonumber(ARGV[i + 1]) end
for i = 8 + 2 * count, #ARGV do live[ARGV[i]] = true end
local known = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #known, 2 do
  local place, of = known[i], string.match(known[i], '^[^/]+')
  local counts
  if of == node then counts = own[place] else counts = live[of] or now - known[i + 1] < new_ms end
  if not counts then redis.call('ZREM', KEYS[1], place) end
  own[place] = nil
end
for place, at in pairs(own) do
  if at > 0 then redis.call('ZADD', KEYS[1], at, place) end
end
local places = redis.call('ZRANGE', KEYS[1], 0, -1)
local excess = #places - max
if connecting ~= '' then
  if excess >= 0 and not displaces then return { 0 } end
  -- Later than all others, so that there is no doubt which are the oldest.
  local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  if newest then now = math.max(now, newest + 1) end
  redis.call('ZADD', KEYS[1], now, node .. '/' .. connecting)
  excess = excess + 1
end
redis.call('PEXPIRE', KEYS[1], kept_ms)
local out = { now }
if displaces then
  for i = 1, excess do out[i + 1] = places[i] end
end
return out
`;

/** How many connections a client may have. */
export interface ConnectionLimit {
  readonly max: number;
  /** Whether the oldest go for newer ones; otherwise these are refused. */
  readonly closesOldest: boolean;
}

/** A client's connections here: when they took their places, 0 while that is not known. */
interface Placed extends ClientReference {
  readonly connections: Map<string, number>;
}

/** Goes round clients, to say again which connections they have. */
class PlacesRound implements Compared {
  constructor(
    private readonly clients: { readonly size: number; values(): Iterable<ClientReference> },
    private readonly say: (client: ClientReference) => Promise<void>,
  ) {}

  get size(): number {
    return this.clients.size;
  }

  *comparisons(): Iterable<() => Promise<void>> {
    for (const client of [...this.clients.values()]) yield () => this.say(client);
  }
}

/**
 * Says all connections of a client whenever one comes or goes, in one script: whatever Redis has lost or was not told is mended by that. What could not be said, or has displaced
 * connections that may not have heard of it, is said again until all is well; and everything from time to time.
 */
export class RedisConnectionPlaces implements ConnectionPlaces {
  private readonly clients = new Map<string, Placed>();
  private readonly unsettled = new Map<string, ClientReference>();
  /** All clients that have connections here. */
  readonly everybody: Compared = new PlacesRound(this.clients, (client) => this.sayAgain(client));
  /** Those of which Redis may know something else, or that may have too many. */
  readonly doubtful: Compared = new PlacesRound(this.unsettled, (client) => this.sayAgain(client));
  private listener: (connectionId: string) => void = () => undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly lease: NodeLease,
    private readonly nodes: RedisNodeBus,
    private readonly limit: ConnectionLimit,
    private readonly now: () => number,
  ) {
    nodes.answer(DISPLACED, (connectionId) => this.listener(connectionId as string));
  }

  async take(client: ClientReference, connectionId: string): Promise<Place> {
    const placed = this.ensure(client);
    placed.connections.set(connectionId, 0);
    const said = this.say(placed, connectionId);
    if (!(await within(ANSWER_WITHIN_MS, said))) {
      // Whoever lets it in all the same has it counted from now on, whatever is answered later.
      if (placed.connections.has(connectionId)) placed.connections.set(connectionId, this.now());
      this.unsettled.set(logKey(client.tenant, client.clientId), client);
      throw new ChatError('STORE_UNAVAILABLE');
    }
    const [takenAt, ...displaced] = await said;
    if (takenAt === 0) placed.connections.delete(connectionId);
    else if (placed.connections.has(connectionId)) placed.connections.set(connectionId, takenAt);
    this.forget(placed);
    return { isGranted: takenAt !== 0, displaced };
  }

  leave(client: ClientReference, connectionId: string): void {
    const placed = this.ensure(client);
    placed.connections.delete(connectionId);
    // What fails is said again.
    this.say(placed).catch(() => undefined);
  }

  displace(displaced: readonly string[]): void {
    for (const place of displaced) {
      const [node, connectionId] = place.split('/');
      if (node === this.lease.id) this.listener(connectionId);
      // What does not arrive is found again when the client's places are said again.
      else this.nodes.tell(node, DISPLACED, connectionId).catch(() => undefined);
    }
  }

  onDisplaced(listener: (connectionId: string) => void): void {
    this.listener = listener;
  }

  private async sayAgain(client: ClientReference): Promise<void> {
    const [, ...displaced] = await this.say(this.ensure(client));
    this.displace(displaced);
  }

  private async say(placed: Placed, connecting = ''): Promise<[number, ...string[]]> {
    const { tenant, clientId, connections } = placed;
    const { max, closesOldest } = this.limit;
    const key = logKey(tenant, clientId);
    const args = [this.lease.id, connecting, max, closesOldest ? 1 : 0, LEASE_MS, KEPT_MS, connections.size, ...[...connections].flat(), ...this.lease.live];
    const saying = this.redis.run<[number, ...string[]]>(SAY_PLACES, [this.keys.connectionsOf(tenant, clientId)], args);
    const [now, ...displaced] = await saying.catch((error: unknown) => {
      this.unsettled.set(key, placed);
      throw error;
    });
    if (displaced.length > 0) this.unsettled.set(key, placed);
    // A connection that was refused may have been let in meanwhile, since this came too late.
    else if (now > 0) this.unsettled.delete(key);
    this.forget(placed);
    return [now, ...displaced];
  }

  /** A client without connections needs not be kept in mind. */
  private forget(placed: Placed): void {
    const key = logKey(placed.tenant, placed.clientId);
    if (placed.connections.size === 0 && this.clients.get(key) === placed) this.clients.delete(key);
  }

  private ensure({ tenant, clientId }: ClientReference): Placed {
    const key = logKey(tenant, clientId);
    let placed = this.clients.get(key);
    if (placed === undefined) this.clients.set(key, (placed = { tenant, clientId, connections: new Map() }));
    return placed;
  }
}
