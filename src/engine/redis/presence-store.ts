// The newest status of each client, and its place among all of the tenant's: of all that the processes say of a client, the best.
import type { QueueOwner } from '../../log/index.js';
import type { PresenceRecord, PresenceStore as Presences, RoomRecord, SavedPresence } from '../delivery-engine.interface.js';
import { WHICH_ARE_MEMBERS } from './log-scripts.js';
import type { NodeLease } from './node-lease.js';
import { toPresenceRecord, type PresenceFeed } from './presence-feed.js';
import { ADOPT, RAISE_POSITION, SAY } from './presence-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisPresenceJournal } from './redis-presence-journal.js';
import type { RoomStore } from './room-store.js';

/** Clients that are taken over in one script. */
const ADOPTED_AT_ONCE = 256;

/** Status, time it was last seen, position, the status before or ''. */
type SaidReply = [PresenceRecord['status'], number, number, PresenceRecord['status'] | ''];

/** Carries out the calls of the interface's PresenceStore but for listening. */
export class PresenceStore implements Omit<Presences, 'listenPresence'> {
  private readonly tenants = new Set<string>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly rooms: RoomStore,
    private readonly lease: NodeLease,
    private readonly feed: PresenceFeed,
    private readonly journal: RedisPresenceJournal,
  ) {}

  async savePresence(tenant: string, records: Parameters<Presences['savePresence']>[1], maxRoomSize: number): Promise<SavedPresence[]> {
    if (!this.tenants.has(tenant)) await this.redis.command('SADD', this.keys.tenants, tenant);
    this.tenants.add(tenant);
    const all = await Promise.all(records.map(({ clientId }) => this.roomsOf(tenant, clientId)));
    const rooms = all.map((found) => found.filter(hasAtMost(maxRoomSize)).map(({ id }) => id));
    const args = records.flatMap(({ clientId, status, lastSeen }, i) => [clientId, status, lastSeen, JSON.stringify(rooms[i])]);
    const keys = [...this.keys.presence(tenant), this.keys.presentAt(tenant, this.lease.id), ...this.journal.keysOf(tenant)];
    const said = await this.redis.run<SaidReply[]>(SAY, keys, [this.lease.id, ...args]);
    const stored = said.map(([status, lastSeen, position, previous], i) => ({ clientId: records[i].clientId, status, previous: previous || 'offline', lastSeen, position, rooms: rooms[i], roomsTooLarge: all[i].length - rooms[i].length }));
    this.feed.wrote(tenant, stored.filter((_, i) => said[i][0] !== said[i][3]));
    return stored;
  }

  async getPresence(tenant: string, clientIds: readonly string[]): Promise<PresenceRecord[]> {
    if (clientIds.length === 0) return [];
    const [, , statuses] = this.keys.presence(tenant);
    const texts = await this.redis.command<(string | null)[]>('HMGET', statuses, ...clientIds);
    return texts.flatMap((text, i) => (text === null ? [] : [toPresenceRecord(clientIds[i], text)]));
  }

  async presenceChanges(tenant: string, clientId: string, after: number, maxRoomSize: number): Promise<PresenceRecord[]> {
    const rooms = (await this.roomsOf(tenant, clientId)).filter(hasAtMost(maxRoomSize));
    const coMembers = rooms.reduce((sum, { memberCount }) => sum + memberCount, 0);
    const [, changes] = this.keys.presence(tenant);
    // Whichever is fewer is gone through: everybody who changed, or everybody the client shares a room with.
    const changed = await this.redis.command<string[]>('ZRANGE', changes, `(${after}`, '+inf', 'BYSCORE', 'LIMIT', 0, coMembers + 1);
    const candidates = changed.length > coMembers ? await this.membersOf(tenant, rooms) : await this.whichShare(tenant, rooms, changed);
    candidates.delete(clientId);
    const records = await this.getPresence(tenant, [...candidates]);
    return records.filter(({ position }) => position > after).sort((a, b) => a.position - b.position);
  }

  async savePresencePosition({ tenant, clientId, device }: QueueOwner, position: number): Promise<void> {
    await this.redis.run(RAISE_POSITION, [this.keys.devicesOf(tenant, clientId)], [device, position]);
  }

  async listPresent(): Promise<{ tenant: string; record: PresenceRecord }[]> {
    const tenants = await this.redis.command<string[]>('SMEMBERS', this.keys.tenants);
    const { dead } = await this.lease.nodes();
    for (const node of dead) {
      for (const tenant of tenants) await this.adopt(tenant, node);
      await this.lease.bury(node);
    }
    const found = await Promise.all(
      tenants.map(async (tenant) => {
        const clients = await this.redis.command<string[]>('SMEMBERS', this.keys.presentAt(tenant, this.lease.id));
        return (await this.getPresence(tenant, clients)).map((record) => ({ tenant, record }));
      }),
    );
    return found.flat();
  }

  /** The rooms whose members are told of a client. */
  async roomsToTell(tenant: string, clientId: string, maxRoomSize: number): Promise<string[]> {
    return (await this.roomsOf(tenant, clientId)).filter(hasAtMost(maxRoomSize)).map(({ id }) => id);
  }

  private async adopt(tenant: string, node: string): Promise<void> {
    const keys = [...this.keys.presence(tenant), this.keys.presentAt(tenant, this.lease.id), this.keys.presentAt(tenant, node)];
    let adopted: number;
    do adopted = await this.redis.run<number>(ADOPT, keys, [this.lease.id, node, ADOPTED_AT_ONCE]);
    while (adopted > 0);
  }

  private async roomsOf(tenant: string, clientId: string): Promise<RoomRecord[]> {
    const ids = await this.rooms.directoryOf(tenant, clientId);
    const rooms = await Promise.all(ids.map((id) => this.rooms.getRoomOf(tenant, id, clientId)));
    return rooms.filter((room) => room !== undefined);
  }

  private async membersOf(tenant: string, rooms: readonly RoomRecord[]): Promise<Set<string>> {
    const members = await Promise.all(rooms.map(({ id }) => this.redis.command<string[]>('ZRANGE', this.keys.log(tenant, id)[3], 0, -1)));
    return new Set(members.flat());
  }

  /** Those of the clients who are in at least one of the rooms. */
  private async whichShare(tenant: string, rooms: readonly RoomRecord[], clients: readonly string[]): Promise<Set<string>> {
    if (clients.length === 0) return new Set();
    const answers = await Promise.all(rooms.map(({ id }) => this.redis.run<number[]>(WHICH_ARE_MEMBERS, this.keys.log(tenant, id), clients)));
    return new Set(clients.filter((_, i) => answers.some((members) => members[i] === 1)));
  }
}

function hasAtMost(maxRoomSize: number): (room: RoomRecord) => boolean {
  return ({ memberCount }) => memberCount <= maxRoomSize;
}
