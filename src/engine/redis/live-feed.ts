// The live feed of one node: what is written anywhere, in the order of each log, for those who are connected here.
//
// Publications are only ever a hint. Each log that somebody here receives from has its newest brought number: what comes twice is left out, and what is missing
// is read from the log. Who is a member is part of the same order; what cannot be read any more is replaced by asking who is a member now.
import { isPersonalLog, logKey, personalLog, type AppendedEntry, type LogAddress } from '../../log/index.js';
import type { FeedCounters } from '../feed-counters.js';
import { readFeedMessage, toAppendedEntry, type FeedItem } from './feed-message.js';
import { FollowedLog } from './followed-log.js';
import { Healer } from './healer.js';
import { toLogEnd, type LogEnd, type LogEndReply } from './log-end.js';
import { POSITIONS, READ_FEED, VERIFY } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisSubscriber } from './redis-subscriber.js';

/** Numbers that are read at once. */
const PAGE = 128;
/** Stands before a room's id on the channel of a client that joins it. */
export const JOINS = '+';

/** Head, incarnation, entries, silent numbers. */
type MissedReply = [number, number, FeedItem[], FeedItem[]];
/** The end, members, whether the room is deleted, and for each client that was asked for the number it joined at, or -1. */
type PositionsReply = [...LogEndReply, number, number, number[]];

/** What a log says of where clients receive from. */
interface Positions extends LogEnd {
  readonly memberCount: number;
  readonly isDeleted: boolean;
  /** Behind which number each receives; undefined for those who do not. A deleted room still knows its last members. */
  readonly found: ReadonlyMap<string, number | undefined>;
}

/** Logs that a client has left, of which it is known where; of more, those that it left first are forgotten. */
const MOST_LEFT = 256;

/** Where a client has left a log, or heard of its end. */
interface Leaving {
  readonly seq: number;
  readonly incarnation: number;
}

/** A client that has connections here. */
interface OpenClient {
  readonly tenant: string;
  readonly clientId: string;
  /** Its open queues. */
  count: number;
  readonly logs: Set<FollowedLog>;
  /** By the log's name: what it has left since. */
  readonly left: Map<string, Leaving>;
}

/** Whether a client is a member, as it was read at a number of the log. */
interface Membership extends LogEnd {
  readonly isMember: boolean;
  /** What {@link LiveFeed.changesFrom} said before that was read. */
  readonly changesFrom: number | undefined;
}

/** Brings the numbers of each followed log, once and in order. */
export class LiveFeed {
  private readonly logs = new Map<string, FollowedLog>();
  private readonly clients = new Map<string, OpenClient>();
  private readonly healer: Healer<FollowedLog>;

  constructor(
    private readonly redis: RedisConnection,
    private readonly subscriber: RedisSubscriber,
    private readonly keys: RedisKeys,
    private readonly counters: FeedCounters,
    private readonly listener: (entries: readonly AppendedEntry[]) => void,
  ) {
    this.healer = new Healer((log) => this.readMissing(log), counters);
  }

  /** How many logs are followed, and clients connected. */
  get size(): number {
    return this.logs.size + this.clients.size;
  }

  /** Compares what was brought with what there is, log by log and client by client. */
  *comparisons(): Iterable<() => Promise<void>> {
    for (const log of [...this.logs.values()]) yield () => (log.closed ? Promise.resolve() : this.compare(log));
    for (const client of [...this.clients.values()]) yield () => this.compareRooms(client);
  }

  /** What this node has written to a log. Resolves when it was brought. */
  async wrote(address: LogAddress, incarnation: number, entries: readonly AppendedEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (last === undefined) return;
    const log = this.logs.get(logKey(address.tenant, address.log)) ?? this.attachJoiners(address, entries);
    if (log === undefined) {
      this.bring(entries);
      return;
    }
    if (log.last === undefined) this.bring(log.begin({ head: entries[0].seq - 1, incarnation, newest: undefined }));
    this.take(log, incarnation, entries);
    // It is written, whether or not what is before it can be read now.
    await this.through(address, last.seq).catch(() => undefined);
  }

  /** This node has made a room: a change that takes no number. */
  async created(incarnation: number, entry: AppendedEntry, members: readonly string[]): Promise<void> {
    if (!this.logs.has(logKey(entry.tenant, entry.log))) {
      this.attachJoiners(entry, [entry])?.begin({ head: entry.seq, incarnation, newest: undefined });
      this.bring([entry]);
      return;
    }
    const open = members.map((clientId) => this.clients.get(logKey(entry.tenant, clientId))).filter((client) => client !== undefined);
    // Whoever is not found now is found when directories are compared.
    await Promise.allSettled(open.map((client) => this.joined(client, entry)));
  }

  /** Resolves when a number was brought, or nobody here receives from its log. Rejects when what is before it cannot be read. */
  async through({ tenant, log: name }: LogAddress, seq: number): Promise<void> {
    const log = this.logs.get(logKey(tenant, name));
    if (log !== undefined) await this.healer.through(log, seq);
  }

  /** A queue of this client is being opened: from now on its memberships come. To be ended by {@link closeClient}, once for each. */
  async openClient(tenant: string, clientId: string): Promise<void> {
    const key = logKey(tenant, clientId);
    let client = this.clients.get(key);
    if (client === undefined) this.clients.set(key, (client = { tenant, clientId, count: 0, logs: new Set(), left: new Map() }));
    client.count++;
    await this.subscription(this.attach(client, { tenant, log: personalLog(clientId) }));
  }

  closeClient(tenant: string, clientId: string): void {
    const key = logKey(tenant, clientId);
    const client = this.clients.get(key);
    if (client === undefined || --client.count > 0) return;
    this.clients.delete(key);
    for (const log of client.logs) this.detach(client, log);
  }

  /** Begins to receive what is published in logs of an open client. */
  async follow(tenant: string, clientId: string, logs: readonly string[]): Promise<void> {
    const client = this.clients.get(logKey(tenant, clientId));
    if (client !== undefined) await Promise.all(logs.map((log) => this.subscription(this.attach(client, { tenant, log }))));
  }

  /** The incarnation of what is brought of a log; undefined when nothing is. */
  incarnationOf({ tenant, log: name }: LogAddress): number | undefined {
    const log = this.logs.get(logKey(tenant, name));
    return log?.last === undefined ? undefined : log.incarnation;
  }

  /** Behind which number each change of a log is brought; undefined when nothing is. */
  changesFrom({ tenant, log: name }: LogAddress): number | undefined {
    return this.logs.get(logKey(tenant, name))?.changesFrom;
  }

  /**
   * A followed log was read: resolves when everything up to its head was brought. Who is no member lets it go. False when it has to be followed again, and read
   * anew: a member does not follow it any more, as it was found to be none before that, or what is brought of it began meanwhile, behind what was read.
   */
  async settle({ tenant, log: name }: LogAddress, clientId: string, { isMember, changesFrom, ...end }: Membership): Promise<boolean> {
    const client = this.clients.get(logKey(tenant, clientId));
    if (client === undefined) return true;
    const log = this.logs.get(logKey(tenant, name));
    if (log === undefined || !client.logs.has(log)) return !isMember;
    await this.begin(log, end);
    // Nobody brings what changed between. Asked once for each beginning: a store that has lost its tail stays behind it.
    if (log.changesFrom !== changesFrom && end.head < (log.changesFrom ?? 0)) return false;
    const follower = log.clients.get(clientId);
    // Its leaving was brought meanwhile, or it has let go of it.
    if (follower === undefined) return !isMember || log.lastChange > end.head;
    if (log.lastChange > end.head) return true;
    // Its other connections may not know of it.
    if (isMember && !follower.isMember && client.count > 1) await this.joined(client, log.address);
    else if (isMember) follower.isMember = true;
    else if (!follower.isMember) this.detach(client, log);
    return true;
  }

  /** Compares a log with what was brought of it, and reads what is missing. */
  private async compare(log: FollowedLog): Promise<void> {
    await this.subscription(log);
    const state = this.keys.logState(log.address.tenant, log.address.log);
    const [head, incarnation] = (await this.redis.command<(string | null)[]>('HMGET', state, 'head', 'inc')).map(Number);
    if (log.last === undefined) return;
    if (incarnation > log.incarnation) await this.verify(log);
    else if (head > log.last) this.healer.soon(log);
  }

  /** Compares a client's directory with what is followed for it. */
  private async compareRooms(client: OpenClient): Promise<void> {
    const { tenant, clientId } = client;
    const rooms = await this.redis.command<string[]>('ZRANGE', this.keys.roomsOf(tenant, clientId), 0, -1);
    await Promise.all(rooms.map((log) => this.joined(client, { tenant, log })));
  }

  /** Something was published about a log. */
  private published(log: FollowedLog, message: string): void {
    if (!message.startsWith(JOINS)) {
      const { incarnation, entries } = readFeedMessage(log.address, message);
      this.take(log, incarnation, entries);
      return;
    }
    const { tenant, log: own } = log.address;
    const client = this.clients.get(logKey(tenant, own.slice(1)));
    if (client !== undefined) void this.joined(client, { tenant, log: message.slice(JOINS.length) }).catch(() => undefined);
  }

  /** A client seems to have joined a room elsewhere. */
  private async joined(client: OpenClient, address: LogAddress): Promise<void> {
    const { clientId } = client;
    const isKnown = (): boolean => this.logs.get(logKey(address.tenant, address.log))?.clients.get(clientId)?.isMember === true;
    if (isKnown() || !isMember(await this.positions(address, [clientId]), clientId) || !this.isOpen(client)) return;
    for (;;) {
      const log = this.attach(client, address);
      await this.subscription(log);
      const positions = await this.positions(address, [clientId]);
      const { head, memberCount, found } = positions;
      await this.begin(log, positions);
      if (!this.isOpen(client) || isKnown()) return;
      // Who receives has changed since that was read, or the log was let go of meanwhile, by what was read before that.
      if (log.lastChange > head || !client.logs.has(log)) continue;
      if (isMember(positions, clientId)) this.bring([{ ...address, seq: log.last ?? head, memberCount, change: { kind: 'resynced', positions: found } }]);
      else this.detach(client, log);
      return;
    }
  }

  private isOpen(client: OpenClient): boolean {
    return this.clients.get(logKey(client.tenant, client.clientId)) === client;
  }

  /** A log is known up to its head: what comes behind it is brought. */
  private async begin(log: FollowedLog, end: LogEnd): Promise<void> {
    if (log.last === undefined) {
      this.bring(log.begin(end));
      return;
    }
    if (end.incarnation > log.incarnation) await this.verify(log);
    await this.through(log.address, end.head);
  }

  /** What came on any line. */
  private take(log: FollowedLog, incarnation: number, entries: readonly AppendedEntry[]): void {
    if (log.last !== undefined && incarnation > log.incarnation) this.verify(log).catch(() => undefined);
    // What comes while it is not known what it follows is read afterwards.
    if (log.verifying !== undefined) return;
    this.bring(log.take(entries));
    log.settle();
    if (log.last !== undefined && log.incomplete) this.healer.soon(log);
  }

  /** Gives entries to the listener, and notes who receives. */
  private bring(entries: readonly AppendedEntry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) if (entry.change !== undefined) this.turnAwayReturned(entry);
    this.listener(entries);
    for (const entry of entries) if (entry.change !== undefined) this.note(entry);
  }

  /** Clients receive from a log again: those that had left it by what is lost since have seen what is lost. */
  private turnAwayReturned(entry: AppendedEntry): void {
    for (const [clientId, joinedSeq] of joinersOf(entry)) this.turnAwayIfRewound(entry, clientId, joinedSeq);
  }

  private turnAwayIfRewound({ tenant, log }: LogAddress, clientId: string, joinedSeq: number): void {
    const leaving = this.clients.get(logKey(tenant, clientId))?.left;
    const left = leaving?.get(log);
    if (leaving === undefined || left === undefined) return;
    leaving.delete(log);
    const incarnation = this.logs.get(logKey(tenant, log))?.incarnation ?? left.incarnation;
    // Where a server that lost it has written since, or where it has been a member since before it left.
    if (incarnation === left.incarnation && joinedSeq >= left.seq) return;
    this.counters.rewinds++;
    this.listener([{ tenant, log, seq: joinedSeq, memberCount: 0, change: { kind: 'rewound', clientId } }]);
  }

  private note(entry: AppendedEntry): void {
    const { tenant, change, seq } = entry;
    const log = this.logs.get(logKey(tenant, entry.log));
    if (change === undefined || log === undefined) return;
    for (const [clientId] of joinersOf(entry)) this.noteJoined(log, clientId);
    if (change.kind === 'left') this.noteLeft(log, change.clientId, seq);
    else if (change.kind === 'resynced') change.positions.forEach((position, clientId) => position === undefined && this.noteLeft(log, clientId, seq));
    else if (change.kind === 'deleted') for (const clientId of log.clients.keys()) this.noteLeft(log, clientId, seq);
  }

  private noteJoined(log: FollowedLog, clientId: string): void {
    const client = this.clients.get(logKey(log.address.tenant, clientId));
    if (client === undefined) return;
    log.clients.set(clientId, { isMember: true });
    client.logs.add(log);
  }

  private noteLeft(log: FollowedLog, clientId: string, seq: number): void {
    const client = this.clients.get(logKey(log.address.tenant, clientId));
    if (client === undefined) return;
    const { left } = client;
    left.delete(log.address.log);
    left.set(log.address.log, { seq, incarnation: log.incarnation });
    if (left.size > MOST_LEFT) left.delete(left.keys().next().value as string);
    this.detach(client, log);
  }

  /** This node has written to a log that nobody here received from: those who join it by that do now, if there are any. */
  private attachJoiners({ tenant, log }: LogAddress, entries: readonly AppendedEntry[]): FollowedLog | undefined {
    const open = entries.flatMap(joinersOf).map(([clientId]) => this.clients.get(logKey(tenant, clientId))).filter((client) => client !== undefined);
    return open.map((client) => this.attach(client, { tenant, log })).at(-1);
  }

  private attach(client: OpenClient, address: LogAddress): FollowedLog {
    const key = logKey(address.tenant, address.log);
    let log = this.logs.get(key);
    if (log === undefined) {
      log = new FollowedLog(address, this.keys.feed(address.tenant, address.log));
      this.logs.set(key, log);
    }
    client.logs.add(log);
    if (!log.clients.has(client.clientId)) log.clients.set(client.clientId, { isMember: isPersonalLog(address.log) });
    // What fails is tried again when the log is compared.
    this.subscription(log).catch(() => undefined);
    return log;
  }

  private detach(client: OpenClient, log: FollowedLog): void {
    client.logs.delete(log);
    if (!log.clients.delete(client.clientId) || log.clients.size > 0) return;
    log.close();
    this.logs.delete(logKey(log.address.tenant, log.address.log));
    this.subscriber.unsubscribe(log.channel);
  }

  /** Resolves when what is written in a log comes. What was written before is not published to it. */
  private subscription(log: FollowedLog): Promise<void> {
    return log.subscription(() => {
      const subscribed = this.subscriber.subscribe(log.channel, (message) => this.published(log, message));
      void subscribed.then(() => (log.last === undefined ? undefined : this.compare(log))).catch(() => undefined);
      return subscribed;
    });
  }

  private async readMissing(log: FollowedLog): Promise<void> {
    const { tenant, log: name } = log.address;
    for (;;) {
      await log.verifying;
      const before = log.last;
      if (before === undefined || log.closed) return;
      const [head, incarnation, entries, silents] = await this.redis.run<MissedReply>(READ_FEED, this.keys.log(tenant, name), [before, PAGE]);
      if (log.closed) return;
      const items = [...entries, ...silents].sort(([a], [b]) => a - b).map((item) => toAppendedEntry(log.address, item));
      if (incarnation > log.incarnation) {
        await this.verify(log);
        continue;
      }
      this.bring(log.take(items));
      if (log.last === undefined || log.last >= head) return;
      if (log.last === before) await this.resync(log);
    }
  }

  /** Another server writes the log, or the same one anew: finds out whether it has what was brought. */
  private verify(log: FollowedLog): Promise<void> {
    log.verifying ??= this.compareNewest(log).finally(() => {
      log.verifying = undefined;
      if (log.last !== undefined) this.healer.soon(log);
    });
    return log.verifying;
  }

  private async compareNewest(log: FollowedLog): Promise<void> {
    const { address, newest } = log;
    const [found, head, incarnation] = await this.redis.run<[number, number, number]>(VERIFY, this.keys.log(address.tenant, address.log), [newest?.seq ?? 0, newest?.incarnation ?? 0]);
    const isKept = found > 0 || (newest === undefined && head >= (log.last ?? 0));
    log.incarnation = incarnation;
    if (isKept) return;
    // What was brought last is lost, and its numbers belong to others by now, or will.
    log.newest = undefined;
    this.counters.rewinds++;
    log.restart(head);
    this.bring([{ ...address, seq: head, memberCount: 0, change: { kind: 'rewound' } }]);
  }

  /** What is missing is not kept any more: who receives, and from where, is asked instead. What they miss they read, or are told that it fell out. */
  private async resync(log: FollowedLog): Promise<void> {
    const { address } = log;
    const { head, memberCount, isDeleted, found } = await this.positions(address, [...log.clients.keys()]);
    if (log.lastChange > head) return;
    this.counters.resyncs++;
    // Of a deleted room nothing but its end is new; unless that is too old, it is read.
    const through = isDeleted ? head - 1 : head;
    const isEndLost = isDeleted && log.last === through;
    log.startAt(head);
    const next = log.moveTo(isEndLost ? head : through);
    if (isEndLost) this.bring([{ ...address, seq: head, memberCount, change: { kind: 'deleted' } }]);
    else this.bring([{ ...address, seq: through, memberCount, change: { kind: 'resynced', positions: found } }]);
    this.bring(next);
  }

  private async positions({ tenant, log }: LogAddress, clients: readonly string[]): Promise<Positions> {
    const args = [isPersonalLog(log) ? log.slice(1) : '', ...clients];
    const reply = await this.redis.run<PositionsReply>(POSITIONS, this.keys.log(tenant, log), args);
    const [, , , , memberCount, deleted, joined] = reply;
    const found = new Map(clients.map((clientId, i) => [clientId, joined[i] < 0 ? undefined : joined[i]]));
    return { ...toLogEnd(reply), memberCount, isDeleted: deleted === 1, found };
  }
}

/** Who receives from a log from this entry on, if not before, and behind which number at the latest. */
function joinersOf({ change, seq }: AppendedEntry): (readonly [clientId: string, joinedSeq: number])[] {
  if (change?.kind === 'joined') return [[change.clientId, seq]];
  if (change?.kind === 'created') return change.members.map((clientId) => [clientId, seq]);
  if (change?.kind === 'resynced') return [...change.positions].flatMap(([clientId, position]) => (position === undefined ? [] : [[clientId, position] as const]));
  return [];
}

function isMember({ isDeleted, found }: Positions, clientId: string): boolean {
  return !isDeleted && found.get(clientId) !== undefined;
}
