// Queues: where a client stands in each of its logs, and what these still have for it.
import { isPersonalLog, personalLog, type CursorUpdate, type OpenedLog, type OpenedQueue, type QueueOwner, type QueuePosition, type QueueRead } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import type { Page, PageRequest, QueueStore as Queues, QueueSummary, ReceiptRecord } from '../delivery-engine.interface.js';
import { toPage } from '../listing-page.js';
import type { LiveFeed } from './live-feed.js';
import { EMPTY, toLogEnd, type LogEnd, type LogEndReply } from './log-end.js';
import { PROGRESS, SAVE_CURSORS, STAND } from './log-scripts.js';
import type { LogStore } from './log-store.js';
import { placesByLog } from './places-by-log.js';
import { QueueCuts } from './queue-cuts.js';
import { readPages } from './queue-pages.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RoomStore } from './room-store.js';
import { countDropped, countPending, toQueue, type Standing } from './standing.js';

/** Cursors of a log that is not followed are taken whatever its incarnation. */
const ANY = -1;
/** A position that is to be taken from the cursor. */
const AT_CURSOR = -1;

/** A log's end, and where a client stands in it if it receives from there. */
interface Place {
  readonly end: LogEnd;
  readonly isDeleted: boolean;
  readonly standing?: Standing;
}

/** An owner whose queue is open here. */
interface OpenOwner {
  /** How often. */
  count: number;
  /** Its device stands among the client's: cursors need not say so again. */
  isNoted: boolean;
}

function ownerKey({ tenant, clientId, device }: QueueOwner): string {
  return `${tenant}/${clientId}/${device}`;
}

/** Carries out the calls of the interface's QueueStore. */
export class QueueStore implements Queues {
  private readonly owners = new Map<string, OpenOwner>();
  private readonly cuts: QueueCuts;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    max: number,
    private readonly logs: LogStore,
    private readonly rooms: RoomStore,
    private readonly feed: LiveFeed,
  ) {
    this.cuts = new QueueCuts(redis, keys, max);
  }

  async openQueue(owner: QueueOwner): Promise<OpenedQueue> {
    const { tenant, clientId } = owner;
    try {
      await this.feed.openClient(tenant, clientId);
      const opened = await this.open(owner);
      const key = ownerKey(owner);
      const count = (this.owners.get(key)?.count ?? 0) + 1;
      this.owners.set(key, { count, isNoted: opened.known });
      return opened;
    } catch (error) {
      this.feed.closeClient(tenant, clientId);
      throw error;
    }
  }

  closeQueue(owner: QueueOwner): void {
    this.feed.closeClient(owner.tenant, owner.clientId);
    const open = this.owners.get(ownerKey(owner));
    if (open !== undefined && --open.count === 0) this.owners.delete(ownerKey(owner));
  }

  /** Subscribes first, then reads: nothing is missed between. */
  private async open(owner: QueueOwner): Promise<OpenedQueue> {
    const { tenant, clientId, device } = owner;
    const names = await this.namesOf(owner);
    await this.feed.follow(tenant, clientId, names);
    const known = this.redis.command<string | null>('HGET', this.keys.devicesOf(tenant, clientId), device);
    const [places, position] = await Promise.all([Promise.all(names.map((log) => this.enter(owner, log))), known]);
    const over = names.filter((_log, i) => places[i].isDeleted && places[i].standing === undefined);
    await Promise.all(over.map((roomId) => this.rooms.strikeOff(tenant, roomId, clientId)));
    const standings = toQueue(places.map(({ standing }) => standing));
    const logs = standings.map(({ log, after, head, memberCount, deleted }): OpenedLog => ({ log, after, head, memberCount, ...(deleted && { ended: true }) }));
    const own = personalLog(clientId);
    if (!logs.some(({ log }) => log === own)) logs.push({ log: own, after: 0, head: 0, memberCount: 1 });
    return { logs, known: position !== null, presencePosition: Number(position ?? 0) };
  }

  async readQueue(owner: QueueOwner, positions: readonly QueuePosition[], limit: number, maxBytes: number): Promise<QueueRead> {
    const found = await Promise.all(positions.map(({ log, after }) => this.find(owner, log, after)));
    // Whoever is no member any more gets nothing: that it has left is brought before this is answered.
    const gone = positions.map(({ log }, i) => ({ log, ...found[i] })).filter(({ standing }) => standing === undefined);
    const standings = found.map(({ standing }) => standing).filter((standing) => standing !== undefined).filter(({ head, after }) => head > after);
    await this.cuts.cap(owner.tenant, standings);
    const read = await readPages(this.logs, owner.tenant, standings, limit, maxBytes);
    const answered = [...read.pages.map(({ log, through }) => ({ log, through })), ...gone.map(({ log, end }) => ({ log, through: end.head }))];
    await Promise.all(answered.map(({ log, through }) => this.feed.through({ tenant: owner.tenant, log }, through)));
    return read;
  }

  async saveCursors(updates: readonly CursorUpdate[]): Promise<(number | undefined)[]> {
    const results = new Array<number | undefined>(updates.length);
    const saved = new Map<string, QueueOwner>();
    await Promise.all(
      placesByLog(updates).map(async (places) => {
        const { tenant, log } = updates[places[0]];
        const args = places.flatMap((i) => {
          const { clientId, device, seq, clientSeq, at, dropped } = updates[i];
          return [clientId, device, seq, clientSeq, at, dropped?.fromSeq ?? 0, dropped?.toSeq ?? 0];
        });
        const best = await this.redis.run<number[]>(SAVE_CURSORS, this.keys.log(tenant, log), [isPersonalLog(log) ? log.slice(1) : '', this.feed.incarnationOf(updates[places[0]]) ?? ANY, ...args]);
        places.forEach((place, i) => {
          if (best[i] < 0) return;
          results[place] = best[i];
          const key = ownerKey(updates[place]);
          if (this.owners.get(key)?.isNoted !== true) saved.set(key, updates[place]);
        });
      }),
    );
    await Promise.all([...saved].map(([key, owner]) => this.noteDevice(key, owner)));
    return results;
  }

  async inspectQueue(owner: QueueOwner): Promise<QueueSummary> {
    const standings = await this.queued(owner);
    await this.cuts.cap(owner.tenant, standings);
    const logs = standings.map((standing) => ({ log: standing.log, pending: countPending(standing) })).filter(({ pending }) => pending > 0);
    const size = logs.reduce((sum, { pending }) => sum + pending, 0);
    return { size, dropped: standings.reduce((sum, standing) => sum + countDropped(standing), 0), logs };
  }

  async receipts(tenant: string, roomId: string, seq: number, { after, limit }: PageRequest): Promise<Page<ReceiptRecord>> {
    const asked = Number.isInteger(seq) && seq > 0 ? seq : Number.MAX_SAFE_INTEGER;
    const reply = await this.redis.run<[number, [string, number, number, number][]] | null>(PROGRESS, this.keys.log(tenant, roomId), [asked, after ?? '', limit + 1]);
    if (reply === null) throw new ChatError('ROOM_NOT_FOUND');
    const [head, members] = reply;
    if (asked > head) throw new ChatError('MESSAGE_NOT_FOUND');
    const page = toPage(members, limit, ([clientId]) => clientId);
    const items = await Promise.all(
      page.items.map(async ([clientId, joinedSeq, acknowledgedAt, deliveredAt]): Promise<ReceiptRecord> => {
        if (joinedSeq >= seq) return { clientId, state: 'not_a_member' };
        if (acknowledgedAt >= 0) return { clientId, state: 'acknowledged', at: acknowledgedAt };
        if (deliveredAt >= 0) return { clientId, state: 'delivered', at: deliveredAt };
        return { clientId, state: (await this.isDropped(tenant, roomId, seq, clientId)) ? 'dropped' : 'pending' };
      }),
    );
    return { ...page, items };
  }

  /** A client of which a cursor is stored is known from then on, with this device. */
  private async noteDevice(key: string, { tenant, clientId, device }: QueueOwner): Promise<void> {
    await this.redis.command('HSETNX', this.keys.devicesOf(tenant, clientId), device, 0);
    const open = this.owners.get(key);
    if (open !== undefined) open.isNoted = true;
  }

  /** Dropped only when no device's queue holds it any more. */
  private async isDropped(tenant: string, roomId: string, seq: number, clientId: string): Promise<boolean> {
    const devices = await this.redis.command<string[]>('HKEYS', this.keys.devicesOf(tenant, clientId));
    if (devices.length === 0) devices.push('');
    for (const device of devices) {
      const standings = await this.queued({ tenant, clientId, device });
      await this.cuts.cap(tenant, standings);
      if (!standings.some(({ log, cut }) => log === roomId && seq <= cut)) return false;
    }
    return true;
  }

  /** The client's logs at its cursors. */
  private async queued(owner: QueueOwner): Promise<Standing[]> {
    const names = await this.namesOf(owner);
    return toQueue(await Promise.all(names.map((log) => this.stand(owner, log, AT_CURSOR))));
  }

  /** The logs that a client may receive from. */
  private async namesOf({ tenant, clientId }: QueueOwner): Promise<string[]> {
    return [...(await this.rooms.directoryOf(tenant, clientId)), personalLog(clientId)];
  }

  /** Where a client stands in a log that is followed for it. */
  private async enter(owner: QueueOwner, log: string): Promise<Place> {
    const { tenant, clientId } = owner;
    for (;;) {
      const changesFrom = this.feed.changesFrom({ tenant, log });
      const place = await this.find(owner, log, AT_CURSOR);
      if (await this.feed.settle({ tenant, log }, clientId, { ...place.end, isMember: place.standing?.deleted === false, changesFrom })) return place;
      await this.feed.follow(tenant, clientId, [log]);
    }
  }

  private async stand(owner: QueueOwner, log: string, after: number): Promise<Standing | undefined> {
    return (await this.find(owner, log, after)).standing;
  }

  private async find({ tenant, clientId, device }: QueueOwner, log: string, after: number): Promise<Place> {
    const personal = isPersonalLog(log);
    if (personal && log !== personalLog(clientId)) return { end: EMPTY, isDeleted: false };
    const args = [clientId, device, personal ? 1 : 0, after, this.logs.cutoff];
    const reply = await this.redis.run<[...LogEndReply, number] | [...LogEndReply, number, number, number, number, number, number]>(STAND, this.keys.log(tenant, log), args);
    const end = toLogEnd(reply);
    const isDeleted = reply[4] === 1;
    if (reply.length === 5) return { end, isDeleted };
    const [head, , , , , memberCount, position, cut, silentBefore, silentBehind] = reply;
    return { end, isDeleted, standing: { log, head, memberCount, deleted: isDeleted, after: position, cut, silentBefore, silentBehind } };
  }
}
