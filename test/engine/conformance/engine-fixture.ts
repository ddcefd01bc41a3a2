// One engine with a store of its own for each test, and short names for what tests do to it.
import { afterEach, beforeEach } from 'vitest';
import { type AppendRequest, type AppendResult, type DeliveryEngine, type DroppedRange, type MembersChanged, type QueueOwner, type RoomRecord } from '../../../src/engine/index.js';
import { type AppendedEntry, type Clock, type LogEntry, type SeqRange } from '../../../src/log/index.js';
import { ManualClock } from './manual-clock.js';

export const TENANT = 'acme';

/** What an engine is made with. */
export interface EngineLimits {
  queueMaxPerClient: number;
  queueTtlSeconds: number;
  idempotencyTtlSeconds: number;
}

/** An engine that is started. */
export interface EngineUnderTest {
  engine: DeliveryEngine;
  /** Stops it and starts another one over the same store, which is `engine` from then on. */
  restart(): Promise<void>;
  /** Stops it and removes its store. */
  destroy(): Promise<void>;
}

export type CreateEngine = (limits: EngineLimits, clock: Clock) => Promise<EngineUnderTest>;

const LIMITS: EngineLimits = { queueMaxPerClient: 50, queueTtlSeconds: 3600, idempotencyTtlSeconds: 600 };

/** What a client received that read its whole queue. */
export interface DrainedQueue {
  /** In the order of delivery, with their log. */
  received: { log: string; entry: LogEntry }[];
  dropped: DroppedRange[];
}

/** Resolves with what a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (cause) {
    return cause;
  }
  throw new Error('The promise was not rejected');
}

export class EngineFixture {
  clock = new ManualClock();
  feed: AppendedEntry[] = [];
  private under: EngineUnderTest | undefined;

  constructor(
    private readonly create: CreateEngine,
    private readonly limits: EngineLimits,
  ) {}

  get engine(): DeliveryEngine {
    if (this.under === undefined) throw new Error('No engine is started');
    return this.under.engine;
  }

  async start(): Promise<void> {
    this.clock = new ManualClock();
    this.under = await this.create(this.limits, this.clock);
    this.record();
  }

  async restart(): Promise<void> {
    await this.under?.restart();
    this.record();
  }

  async destroy(): Promise<void> {
    await this.under?.destroy();
    this.under = undefined;
  }

  owner(clientId: string, device = ''): QueueOwner {
    return { tenant: TENANT, clientId, device };
  }

  createRoom(roomId: string, members: readonly string[] = []): Promise<RoomRecord> {
    return this.engine.createRoom({ tenant: TENANT, roomId, name: null, metadata: null, members, at: this.clock.now() });
  }

  deleteRoom(roomId: string): Promise<void> {
    return this.engine.deleteRoom({ tenant: TENANT, roomId, at: this.clock.now() });
  }

  /** Adds (`+alice`) and removes (`-alice`) members. */
  change(roomId: string, changes: readonly string[], silent = false): Promise<MembersChanged> {
    return this.engine.changeMembers({
      tenant: TENANT,
      roomId,
      changes: changes.map((text) => ({ kind: text.startsWith('+') ? ('add' as const) : ('remove' as const), clientId: text.slice(1) })),
      silent,
      at: this.clock.now(),
    });
  }

  request(log: string, text: string, more: Partial<AppendRequest> = {}): AppendRequest {
    return { tenant: TENANT, log, type: 'message', data: JSON.stringify({ text }), at: this.clock.now(), ...more };
  }

  /** Appends one message; throws what it was refused with. */
  async publish(log: string, text: string, more: Partial<AppendRequest> = {}): Promise<AppendResult> {
    const [result] = await this.engine.append([this.request(log, text, more)]);
    if (result instanceof Error) throw result;
    return result;
  }

  /** Appends `count` messages, numbered from 1. */
  async publishMany(log: string, count: number): Promise<void> {
    await this.engine.append(Array.from({ length: count }, (_, i) => this.request(log, `${log} ${i + 1}`)));
  }

  /** Raises one cursor; resolves with the best position of the client before. */
  async acknowledge(clientId: string, log: string, seq: number, { device = '', clientSeq = 0, dropped = undefined as SeqRange | undefined } = {}): Promise<number | undefined> {
    const [before] = await this.engine.saveCursors([{ ...this.owner(clientId, device), log, seq, clientSeq, at: this.clock.now(), ...(dropped && { dropped }) }]);
    return before;
  }

  /** Opens a queue and reads page after page to its end, as a connection does. */
  async drain(clientId: string, { device = '', limit = 64, maxBytes = 1_000_000 } = {}): Promise<DrainedQueue> {
    const owner = this.owner(clientId, device);
    const { logs } = await this.engine.openQueue(owner);
    const positions = new Map(logs.map(({ log, after, head }) => [log, { log, after, head }]));
    const drained: DrainedQueue = { received: [], dropped: [] };
    for (;;) {
      const behind = [...positions.values()].filter(({ after, head }) => after < head);
      if (behind.length === 0) return drained;
      const { pages, dropped } = await this.engine.readQueue(owner, behind, limit, maxBytes);
      if (pages.length === 0) throw new Error('A queue that is behind did not move');
      drained.dropped.push(...dropped);
      for (const { log, entries, through } of pages) {
        drained.received.push(...entries.map((entry) => ({ log, entry })));
        (positions.get(log) as { after: number }).after = through;
      }
    }
  }

  /** The `text`s that a client receives from its queue; of other entries their event or type. */
  async texts(clientId: string, options?: { device?: string; limit?: number; maxBytes?: number }): Promise<string[]> {
    return (await this.drain(clientId, options)).received.map(({ entry }) => textOf(entry));
  }

  private record(): void {
    this.feed = [];
    this.engine.listen((entries) => this.feed.push(...entries));
  }
}

/** What an entry says, in a word. */
export function textOf({ type, data }: LogEntry): string {
  const { text, event, client_id } = JSON.parse(data) as { text?: string; event?: string; client_id?: string };
  return text ?? [event ?? type, client_id].filter((part) => part !== undefined).join(' ');
}

/** Gives each test of the surrounding `describe` an engine of its own. */
export function useEngine(create: CreateEngine, limits: Partial<EngineLimits> = {}): EngineFixture {
  const fixture = new EngineFixture(create, { ...LIMITS, ...limits });
  beforeEach(() => fixture.start());
  afterEach(() => fixture.destroy());
  return fixture;
}
