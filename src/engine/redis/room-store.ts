// Rooms and their members: each room on its own slot, with directories beside it that name at least the rooms there are.
import { personalLog, type AppendedEntry, type LogEntry, type MembershipChange } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import type { MemberChangeRequest, MemberRecord, MembersChanged, Page, PageRequest, RoomRecord, RoomStore as Rooms } from '../delivery-engine.interface.js';
import { toPage } from '../listing-page.js';
import { changesOf, roomUpdateData } from '../room-update.js';
import { JOINS, type LiveFeed } from './live-feed.js';
import { CHANGE_MEMBERS, CREATE, DELETE, GET, GET_MEMBER, LIST_MEMBERS, UPDATE, WHICH_ARE_MEMBERS } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { Retention } from './redis-engine.options.js';
import type { RedisKeys } from './redis-keys.js';
import type { StoreBeginning } from './store-beginning.js';

/** Properties as JSON text, time of its making, members, head. */
type RoomReply = [string, number, number, number];
type Properties = Pick<RoomRecord, 'name' | 'metadata'>;

const NO_ROOM = -2;

/** KEYS: a client's directory, and the channel of its own log. ARGV: a room that it has joined, and what stands before its id there. */
export const ANNOUNCE = `
redis.call('ZADD', KEYS[1], 0, ARGV[1])
redis.call('SPUBLISH', KEYS[2], ARGV[2] .. ARGV[1])
`;

function toRecord(id: string, [properties, createdAt, memberCount, head]: RoomReply): RoomRecord {
  return { id, ...(JSON.parse(properties) as Properties), createdAt, memberCount, head };
}

/** Carries out the calls of the interface's RoomStore. */
export class RoomStore implements Rooms {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly retention: Retention,
    private readonly cutoff: () => number,
    private readonly feed: LiveFeed,
    private readonly beginning: StoreBeginning,
  ) {}

  async createRoom({ tenant, roomId, name, metadata, members: asked, at }: Parameters<Rooms['createRoom']>[0]): Promise<RoomRecord> {
    const members = [...new Set(asked)];
    await Promise.all([this.list(tenant, roomId), this.listMembership(tenant, roomId, members)]);
    const properties = JSON.stringify({ name, metadata } satisfies Properties);
    const [head, incarnation] = await this.redis.runSafely<[number, number]>(CREATE, this.keys.log(tenant, roomId), [this.beginning.servers, properties, at, ...members]);
    if (head < 0) throw new ChatError('ROOM_EXISTS');
    await this.feed.created(incarnation, { tenant, log: roomId, seq: head, memberCount: members.length, change: { kind: 'created', members } }, members);
    // Somebody who was deleting an earlier room of the name may have struck it off meanwhile.
    await Promise.all([this.list(tenant, roomId), this.announceMembership(tenant, roomId, members)]);
    return toRecord(roomId, [properties, at, members.length, head]);
  }

  async getRoom(tenant: string, roomId: string): Promise<RoomRecord | undefined> {
    const reply = await this.redis.run<RoomReply | null>(GET, this.keys.log(tenant, roomId), []);
    return reply === null ? undefined : toRecord(roomId, reply);
  }

  async listRooms(tenant: string, page: PageRequest, memberId?: string): Promise<Page<RoomRecord>> {
    const directory = memberId === undefined ? this.keys.rooms(tenant) : this.keys.roomsOf(tenant, memberId);
    const items: RoomRecord[] = [];
    let after = page.after ?? '';
    for (;;) {
      const ids = await this.redis.command<string[]>('ZRANGE', directory, after === '' ? '-' : `(${after}`, '+', 'BYLEX', 'LIMIT', 0, page.limit + 1);
      const rooms = await Promise.all(ids.map((id) => (memberId === undefined ? this.getRoom(tenant, id) : this.getRoomOf(tenant, id, memberId))));
      items.push(...rooms.filter((room) => room !== undefined));
      if (items.length > page.limit || ids.length <= page.limit) return toPage(items, page.limit, ({ id }) => id);
      after = ids[ids.length - 1];
    }
  }

  async updateRoom(request: Parameters<Rooms['updateRoom']>[0]): Promise<RoomRecord> {
    const { tenant, roomId, at } = request;
    const keys = this.keys.log(tenant, roomId);
    const { max, ttlMs } = this.retention;
    for (;;) {
      const reply = await this.redis.run<RoomReply | null>(GET, keys, []);
      if (reply === null) throw new ChatError('ROOM_NOT_FOUND');
      const current = toRecord(roomId, reply);
      const changes = changesOf(request, current);
      if (changes === undefined) return current;
      const changed = { ...current, ...changes };
      const properties = JSON.stringify({ name: changed.name, metadata: changed.metadata } satisfies Properties);
      const data = roomUpdateData(roomId, { event: 'room_updated', changes }, at);
      const [seq, incarnation, memberCount] = await this.redis.runSafely<[number, number, number]>(UPDATE, keys, [reply[0], properties, max, ttlMs, data, at]);
      if (seq === NO_ROOM) throw new ChatError('ROOM_NOT_FOUND');
      if (seq < 0) continue;
      await this.bring(tenant, roomId, { seq, incarnation, type: 'room_update', data, at }, memberCount);
      return { ...changed, memberCount, head: seq };
    }
  }

  async deleteRoom({ tenant, roomId, at }: Parameters<Rooms['deleteRoom']>[0]): Promise<void> {
    const { max, ttlMs } = this.retention;
    const data = roomUpdateData(roomId, { event: 'room_deleted' }, at);
    const [seq, incarnation] = await this.redis.runSafely<[number, number]>(DELETE, this.keys.log(tenant, roomId), [max, ttlMs, data, at]);
    if (seq === NO_ROOM) throw new ChatError('ROOM_NOT_FOUND');
    await this.bring(tenant, roomId, { seq, incarnation, type: 'room_update', data, at }, 0, { kind: 'deleted' });
    const directory = this.keys.rooms(tenant);
    await this.redis.command('ZREM', directory, roomId);
    if ((await this.getRoom(tenant, roomId)) !== undefined) await this.list(tenant, roomId);
  }

  async changeMembers({ tenant, roomId, changes, silent, at }: MemberChangeRequest): Promise<MembersChanged> {
    const { max, ttlMs } = this.retention;
    const joining = new Set(changes.filter(({ kind }) => kind === 'add').map(({ clientId }) => clientId));
    // Removals go out at once: what is asked after them comes after them.
    if (joining.size > 0) await this.listMembership(tenant, roomId, joining);
    const args: (string | number)[] = [max, ttlMs, at, silent ? 1 : 0, this.cutoff()];
    const datas = changes.map(({ kind, clientId }) => roomUpdateData(roomId, { event: kind === 'add' ? 'client_joined' : 'client_left', client_id: clientId }, at));
    changes.forEach(({ kind, clientId }, i) => args.push(kind, clientId, datas[i]));
    const reply = await this.redis.runSafely<[number, [number, number, number][]] | null>(CHANGE_MEMBERS, this.keys.log(tenant, roomId), args);
    if (reply === null) throw new ChatError('ROOM_NOT_FOUND');
    const [incarnation, done] = reply;
    const changed: MembersChanged = { added: [], removed: [] };
    const entries = done.map(([place, seq, memberCount]): AppendedEntry => {
      const { kind, clientId } = changes[place];
      changed[kind === 'add' ? 'added' : 'removed'].push(clientId);
      const change = { kind: kind === 'add' ? 'joined' : 'left', clientId } as const;
      const entry = { seq, incarnation, type: 'room_update', data: datas[place], at };
      return { tenant, log: roomId, seq, ...(!silent && { entry }), change, memberCount };
    });
    await this.feed.wrote({ tenant, log: roomId }, incarnation, entries);
    await this.announceMembership(tenant, roomId, joining);
    await Promise.all([...new Set(changed.removed)].map((clientId) => this.strikeOff(tenant, roomId, clientId)));
    return changed;
  }

  async getMember(tenant: string, roomId: string, clientId: string): Promise<MemberRecord | undefined> {
    const reply = await this.redis.run<[number, number] | null>(GET_MEMBER, this.keys.log(tenant, roomId), [clientId]);
    return reply === null ? undefined : { clientId, joinedSeq: reply[0], joinedAt: reply[1] };
  }

  async listMembers(tenant: string, roomId: string, { after, limit }: PageRequest): Promise<Page<MemberRecord>> {
    const reply = await this.redis.run<[string, number, number][] | null>(LIST_MEMBERS, this.keys.log(tenant, roomId), [after ?? '', limit + 1]);
    if (reply === null) throw new ChatError('ROOM_NOT_FOUND');
    const members = reply.map(([clientId, joinedSeq, joinedAt]) => ({ clientId, joinedSeq, joinedAt }));
    return toPage(members, limit, ({ clientId }) => clientId);
  }

  async shareRoom(tenant: string, clientId: string, otherId: string): Promise<boolean> {
    if (clientId === otherId) return true;
    const [rooms, others] = await Promise.all([this.directoryOf(tenant, clientId), this.directoryOf(tenant, otherId)]);
    const candidates = new Set(others);
    for (const roomId of rooms.filter((id) => candidates.has(id))) {
      const members = await Promise.all([clientId, otherId].map((id) => this.getMember(tenant, roomId, id)));
      if (members.every((member) => member !== undefined)) return true;
    }
    return false;
  }

  /** A room, if this client is a member of it. */
  async getRoomOf(tenant: string, roomId: string, clientId: string): Promise<RoomRecord | undefined> {
    const [room, member] = await Promise.all([this.getRoom(tenant, roomId), this.getMember(tenant, roomId, clientId)]);
    return member === undefined ? undefined : room;
  }

  /** The rooms that a client may be a member of, in the order of their ids. */
  directoryOf(tenant: string, clientId: string): Promise<string[]> {
    return this.redis.command<string[]>('ZRANGE', this.keys.roomsOf(tenant, clientId), 0, -1);
  }

  /** Takes a room out of the directory of a client that has left; one that has joined again is put back. */
  async strikeOff(tenant: string, roomId: string, clientId: string): Promise<void> {
    await this.redis.command('ZREM', this.keys.roomsOf(tenant, clientId), roomId);
    const [member] = await this.redis.run<number[]>(WHICH_ARE_MEMBERS, this.keys.log(tenant, roomId), [clientId]);
    if (member === 1) await this.listMembership(tenant, roomId, [clientId]);
  }

  private bring(tenant: string, log: string, entry: LogEntry, memberCount: number, change?: MembershipChange): Promise<void> {
    return this.feed.wrote({ tenant, log }, entry.incarnation, [{ tenant, log, seq: entry.seq, entry, memberCount, ...(change && { change }) }]);
  }

  private list(tenant: string, roomId: string): Promise<unknown> {
    return this.redis.commandSafely('ZADD', this.keys.rooms(tenant), 0, roomId);
  }

  /** After clients have joined: in case somebody struck the room off meanwhile, and for the nodes that they are connected to. */
  private async announceMembership(tenant: string, roomId: string, clients: Iterable<string>): Promise<void> {
    const announced = [...clients].map((clientId) =>
      this.redis.runSafely(ANNOUNCE, [this.keys.roomsOf(tenant, clientId), this.keys.feed(tenant, personalLog(clientId))], [roomId, JOINS]),
    );
    await Promise.all(announced);
  }

  /** Before a client joins, so that no member is missing from its directory. */
  private async listMembership(tenant: string, roomId: string, clients: Iterable<string>): Promise<void> {
    await Promise.all([...clients].map((clientId) => this.redis.commandSafely('ZADD', this.keys.roomsOf(tenant, clientId), 0, roomId)));
  }
}
