// The newest status of each client, and its place among all of the tenant's changes.
import type { QueueOwner } from '../../log/index.js';
import type { PresenceStatus } from '../../protocol/index.js';
import type { PresenceRecord, PresenceStore as Presences, RoomRecord, StoredPresence } from '../delivery-engine.interface.js';
import { WHICH_ARE_MEMBERS } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RoomStore } from './room-store.js';

/** KEYS: position, changes, statuses, present. ARGV: client, status, last seen, for each. Returns their positions. */
const SAVE = `
local out = {}
for i = 1, #ARGV, 3 do
  local position = redis.call('INCR', KEYS[1])
  redis.call('ZADD', KEYS[2], position, ARGV[i])
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1] .. ':' .. ARGV[i + 2] .. ':' .. position)
  redis.call(ARGV[i + 1] == 'offline' and 'SREM' or 'SADD', KEYS[4], ARGV[i])
  out[#out + 1] = position
end
return out
`;

/** KEYS: devices of a client. ARGV: device, position. */
const RAISE_POSITION = `
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(known) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
`;

function toRecord(clientId: string, text: string): PresenceRecord {
  const [status, lastSeen, position] = text.split(':');
  return { clientId, status: status as PresenceStatus, lastSeen: Number(lastSeen), position: Number(position) };
}

/** Carries out the calls of the interface's PresenceStore. */
export class PresenceStore implements Presences {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly rooms: RoomStore,
  ) {}

  async savePresence(tenant: string, records: Parameters<Presences['savePresence']>[1], maxRoomSize: number): Promise<StoredPresence[]> {
    await this.redis.command('SADD', this.keys.tenants, tenant);
    const args = records.flatMap(({ clientId, status, lastSeen }) => [clientId, status, lastSeen]);
    const positions = await this.redis.run<number[]>(SAVE, this.keys.presence(tenant), args);
    return Promise.all(
      records.map(async (record, i) => {
        const rooms = await this.eligibleRooms(tenant, record.clientId, maxRoomSize);
        return { ...record, position: positions[i], rooms: rooms.map(({ id }) => id) };
      }),
    );
  }

  async getPresence(tenant: string, clientIds: readonly string[]): Promise<PresenceRecord[]> {
    if (clientIds.length === 0) return [];
    const [, , statuses] = this.keys.presence(tenant);
    const texts = await this.redis.command<(string | null)[]>('HMGET', statuses, ...clientIds);
    return texts.flatMap((text, i) => (text === null ? [] : [toRecord(clientIds[i], text)]));
  }

  async presenceChanges(tenant: string, clientId: string, after: number, maxRoomSize: number): Promise<PresenceRecord[]> {
    const rooms = await this.eligibleRooms(tenant, clientId, maxRoomSize);
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
    const found = await Promise.all(
      tenants.map(async (tenant) => {
        const [, , , present] = this.keys.presence(tenant);
        const records = await this.getPresence(tenant, await this.redis.command<string[]>('SMEMBERS', present));
        return records.map((record) => ({ tenant, record }));
      }),
    );
    return found.flat();
  }

  private async eligibleRooms(tenant: string, clientId: string, maxRoomSize: number): Promise<RoomRecord[]> {
    const ids = await this.rooms.directoryOf(tenant, clientId);
    const rooms = await Promise.all(ids.map((id) => this.rooms.getRoomOf(tenant, id, clientId)));
    return rooms.filter((room) => room !== undefined).filter(({ memberCount }) => memberCount <= maxRoomSize);
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
