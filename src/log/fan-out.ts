// New entries on their way to the connections: chunks, membership changes at their place in the order, one write a connection.
import type { Clock } from './clock.js';
import type { CursorJournal } from './cursor-journal.js';
import type { DeliveryMeter } from './delivery-meter.js';
import { CHUNK_BYTES, CHUNK_NOTIFICATIONS } from './delivery-options.js';
import type { DeliveryStream } from './delivery-stream.js';
import { encodeChunk, type EncodedChunk } from './encoded-chunk.js';
import type { FeedRegistry } from './feed-registry.js';
import { logKey, type AppendedEntry, type LogEntry } from './log-entry.js';
import type { LogFeed } from './log-feed.js';
import { Selections } from './selections.js';
import type { Subscription } from './subscription.js';
import { Sweeps, type Defer } from './sweeps.js';

/**
 * Writes what the live feed brings to everyone who is live at the head of its log: at once, but for those whom a turn of the event loop is
 * too short for. They have theirs in the {@link Sweeps}.
 */
export class FanOut {
  private readonly sweeps: Sweeps;
  /** Connections that may still be written to in this turn. */
  private left = 0;

  constructor(
    private readonly registry: FeedRegistry,
    private readonly journal: CursorJournal,
    /** Connections that are written to in one turn. */
    private readonly slice: number,
    private readonly clock: Clock,
    defer: Defer,
    /** What measures the deliveries of a tenant. */
    private readonly meterOf: (tenant: string) => DeliveryMeter,
  ) {
    this.sweeps = new Sweeps(slice, defer, (feed) => this.swept(feed));
  }

  /** Takes new entries, in `seq` order within each log. */
  accept(entries: readonly AppendedEntry[]): void {
    this.left = this.slice;
    const runs = new Map<string, AppendedEntry[]>();
    for (const entry of entries) {
      const key = logKey(entry.tenant, entry.log);
      const run = runs.get(key);
      if (run === undefined) runs.set(key, [entry]);
      else run.push(entry);
    }
    for (const [key, run] of runs) this.acceptRun(key, run);
  }

  private acceptRun(key: string, run: readonly AppendedEntry[]): void {
    let part: AppendedEntry[] = [];
    let bytes = 0;
    for (const entry of run) {
      if (entry.change?.kind === 'created' || entry.change?.kind === 'resynced' || entry.change?.kind === 'rewound') {
        this.acceptPart(key, part);
        part = [];
        bytes = 0;
        if (entry.change.kind === 'created') this.create(entry, entry.change.members);
        else if (entry.change.kind === 'resynced') this.resync(key, entry, entry.change.positions);
        else if (entry.change.clientId === undefined) this.rewind(key, entry.seq);
        else this.turnAway(entry.tenant, entry.change.clientId);
        continue;
      }
      part.push(entry);
      bytes += entry.entry?.data.length ?? 0;
      if (part.length >= CHUNK_NOTIFICATIONS || bytes >= CHUNK_BYTES || entry.change?.kind === 'deleted') {
        this.acceptPart(key, part);
        part = [];
        bytes = 0;
      }
    }
    this.acceptPart(key, part);
  }

  /** The first members of a room receive from its beginning. */
  private create(entry: AppendedEntry, members: readonly string[]): void {
    for (const clientId of members) {
      for (const stream of this.registry.streamsOf(entry.tenant, clientId)) {
        const feed = this.registry.ensureFeed(entry.tenant, entry.log, entry.seq, entry.memberCount);
        this.subscribe(stream, feed, entry.seq);
      }
    }
  }

  /** Everybody reads from the log what came up to there. */
  private resync(key: string, { tenant, log, seq, memberCount }: AppendedEntry, positions: ReadonlyMap<string, number | undefined>): void {
    const feed = this.registry.feed(key);
    if (feed !== undefined) {
      feed.head = Math.max(feed.head, seq);
      feed.memberCount = memberCount;
    }
    for (const [clientId, position] of positions) {
      for (const stream of this.registry.streamsOf(tenant, clientId)) {
        const subscription = stream.subscriptions.get(log);
        if (position === undefined) this.leave(subscription);
        else if (subscription === undefined || subscription.precedes(position)) {
          this.subscribe(stream, this.registry.ensureFeed(tenant, log, seq, memberCount), position);
        }
        stream.catchUp();
      }
    }
    if (feed !== undefined) for (const { stream } of [...feed.subscribers]) stream.catchUp();
  }

  /** Whoever receives from the log comes back, and gets what there is now. */
  private rewind(key: string, seq: number): void {
    const feed = this.registry.feed(key);
    if (feed === undefined) return;
    feed.head = seq;
    feed.tail.clear();
    for (const subscription of [...feed.subscribers]) {
      this.journal.forget(subscription);
      subscription.lost = true;
      subscription.stream.turnAway();
    }
  }

  /** A client comes back, and gets what there is now. */
  private turnAway(tenant: string, clientId: string): void {
    for (const stream of this.registry.streamsOf(tenant, clientId)) stream.turnAway();
  }

  /** A client receives nothing of a log any more. */
  private leave(subscription: Subscription | undefined): void {
    if (subscription?.feed === undefined || subscription.ended) return;
    this.registry.unsubscribe(subscription.stream, subscription.feed.log);
    this.journal.forget(subscription);
  }

  /** A member of a deleted room of that name may not have had its turn yet: then it gets the rest of that first. */
  private subscribe(stream: DeliveryStream, feed: LogFeed, position: number): void {
    const before = stream.subscriptions.get(feed.log);
    if (before?.feed !== undefined && before.feed !== feed && this.sweeps.has(before.feed)) stream.followTail(before);
    this.registry.subscribe(stream, feed, position);
  }

  private acceptPart(key: string, part: readonly AppendedEntry[]): void {
    const feed = this.registry.feed(key) ?? this.feedForJoiners(part);
    if (feed === undefined) return;
    const fresh = part[0] !== undefined && part[0].seq > feed.head ? part : part.filter(({ seq }) => seq > feed.head);
    const first = fresh[0];
    const last = fresh.at(-1);
    if (first === undefined || last === undefined) return;
    const previous = feed.head;
    const entries = fresh.map(({ entry }) => entry).filter((entry): entry is LogEntry => entry !== undefined);
    const chunk = encodeChunk(feed.log, entries, first.seq, last.seq).brought(this.clock.now());
    const selections = new Selections(chunk);
    feed.head = last.seq;
    feed.memberCount = last.memberCount;
    // A number is missing between what the feed brought last and this: everybody reads it from the log.
    const unbroken = first.seq === previous + 1;
    for (const entry of fresh) {
      if (entry.change !== undefined) this.change(feed, entry, unbroken ? previous : Infinity, selections);
    }
    if (feed.subscribers.length > 0) {
      // Only now: a tail is emptied when the last subscriber leaves, even if another one joins behind it.
      if (this.sweeps.has(feed)) {
        feed.tail.extend(chunk);
        this.sweeps.extend(feed);
      } else {
        feed.tail.add(chunk);
        this.write(feed, unbroken ? previous : -1, chunk, selections);
      }
    }
    if (!this.sweeps.has(feed)) this.swept(feed);
  }

  /** Everybody who flows has been written to. */
  private swept(feed: LogFeed): void {
    if (feed.endSeq !== undefined) {
      for (const subscription of [...feed.subscribers]) this.registry.end(subscription, feed.endSeq);
    }
    this.registry.releaseIfUnused(feed);
  }

  /** The hot loop: one write to everyone who is live. Downward, see {@link Sweeps}. */
  private write(feed: LogFeed, previous: number, chunk: EncodedChunk, selections: Selections): void {
    const { subscribers } = feed;
    const { frames, count, lastSeq } = chunk;
    const catchingUp: DeliveryStream[] = [];
    const leftBefore = this.left;
    let unswept = 0;
    let whole = 0;
    for (let i = subscribers.length - 1; i >= 0; i--) {
      const subscription = subscribers[i];
      const { stream } = subscription;
      if (stream.state !== 'flowing' || subscription.sentSeq >= lastSeq) continue;
      if (this.left === 0) {
        unswept = i + 1;
        break;
      }
      this.left--;
      if (subscription.sentSeq !== previous) {
        catchingUp.push(stream);
      } else if (stream.audience !== undefined || stream.compressor !== undefined) {
        const selection = selections.of(stream.audience, stream.compressor);
        stream.deliverSelected(subscription, selection, 0, selection.count, lastSeq);
      } else if (count > 0) {
        stream.deliver(subscription, frames, lastSeq, count, chunk);
        whole++;
      } else {
        stream.skip(subscription, lastSeq);
      }
    }
    if (whole > 0) this.meterOf(feed.tenant).wroteLive(chunk, whole);
    for (const stream of catchingUp) stream.catchUp();
    if (unswept > 0) this.sweeps.begin(feed, unswept, leftBefore - this.left);
    else this.sweeps.rest(feed, leftBefore - this.left);
  }

  /** A feed for a log that nobody was connected to, when somebody who joins it now is. */
  private feedForJoiners(part: readonly AppendedEntry[]): LogFeed | undefined {
    const first = part[0];
    if (first === undefined) return undefined;
    const somebody = part.some(
      ({ tenant, change }) => change?.kind === 'joined' && this.registry.streamsOf(tenant, change.clientId).length > 0,
    );
    return somebody ? this.registry.ensureFeed(first.tenant, first.log, first.seq - 1, first.memberCount) : undefined;
  }

  /**
   * Carries out a membership change for those who are connected. Whoever stood at `liveFrom` or behind it in this
   * chunk was live, and gets the chunk up to its own leaving.
   */
  private change(feed: LogFeed, { change, seq }: AppendedEntry, liveFrom: number, selections: Selections): void {
    if (change?.kind === 'joined') {
      for (const stream of this.registry.streamsOf(feed.tenant, change.clientId)) {
        this.subscribe(stream, feed, seq - 1);
      }
    } else if (change?.kind === 'left') {
      for (const stream of this.registry.streamsOf(feed.tenant, change.clientId)) {
        const subscription = stream.subscriptions.get(feed.log);
        if (subscription === undefined) continue;
        // Its turn has not come yet, and will not come any more.
        if (this.sweeps.has(feed)) stream.followTail(subscription);
        this.writeUntil(subscription, liveFrom, selections, seq);
        this.leave(subscription);
      }
    } else if (change?.kind === 'deleted') {
      this.registry.retire(feed, seq);
    }
  }

  private writeUntil(subscription: Subscription, liveFrom: number, selections: Selections, seq: number): void {
    const { stream } = subscription;
    if (stream.state !== 'flowing' || subscription.sentSeq < liveFrom) return;
    const selection = selections.of(stream.audience, stream.compressor);
    stream.deliverSelected(subscription, selection, selection.indexAfter(subscription.sentSeq), selection.indexAfter(seq), seq);
  }
}
