// A server's delivery as a whole, in one process and without waiting: the hub under test between a model store and simulated peers.
import {
  DeliveryHub,
  type AcknowledgementMode,
  type Audience,
  type DeliveryOptions,
  type DeliveryStream,
  type DroppedRange,
  type OpenedQueue,
  type QueueOwner,
} from '../../../src/log/index.js';
import { encodeTextFrame } from '../../../src/protocol/index.js';
import { CursorOracle } from './cursor-oracle.js';
import { AudienceHistory, isFor } from './model-audience.js';
import { PromptnessOracle } from './promptness-oracle.js';
import type { Membership } from './model-log.js';
import { ModelStore } from './model-store.js';
import { type Ending, type PongHabit, SimulatedConnection } from './simulated-connection.js';
import { StoreLine } from './store-line.js';
import { VirtualClock } from './virtual-clock.js';
import { statusText } from './wire-frames.js';

/** What differs from run to run. */
export interface SimulationSettings {
  readonly queueMax: number;
  readonly tailCacheBytes: number;
  readonly sendBufferMaxBytes: number;
  readonly windowNotifications: number;
  readonly ackIntervalMs: number;
  readonly fanOutSlice: number;
}

/** How often the server looks at its timers, ms. */
const TICK_MS = 100;
const ALL = Infinity;

/** More connections, or bytes in a tail, than a run has. */
const MANY = 1_000_000;

/** Some notifications of the model are smaller, some larger. */
const COMPRESSION_THRESHOLD_BYTES = 1_000;

/** How far behind a connection can be that has not had its turn in a fan-out, and still be written to before it leaves. */
function keptBehind({ queueMax, tailCacheBytes, fanOutSlice }: SimulationSettings): number {
  if (fanOutSlice >= MANY) return Infinity;
  return tailCacheBytes >= MANY ? queueMax : 0;
}

/** What a connection asks for. */
export interface ConnectionWish {
  readonly owner: QueueOwner;
  readonly mode: AcknowledgementMode;
  readonly habit: PongHabit;
  /** What it receives; everything when absent. */
  readonly audience?: Audience | undefined;
  /** Whether it receives compressed what is worth it. */
  readonly compressed?: boolean;
}

/** Throws as soon as a promise is broken that can be judged on the spot; the rest is judged at the end. */
export class Simulation {
  readonly clock = new VirtualClock();
  readonly options: DeliveryOptions;
  readonly store: ModelStore;
  readonly line = new StoreLine();
  /** All that ever were, oldest first. */
  readonly connections: SimulatedConnection[] = [];
  /** How often connections waited, and how many notifications fell out of queues; over all servers of this run. */
  readonly totals = { waits: 0, droppedByOverflow: 0, failedReads: 0, stuck: 0, heartbeatsMissed: 0, cannotAcknowledge: 0, failedAudiences: 0 };
  /** Cursors were raised that the store could not take: they stand where they stood until they are raised further. */
  hasLostCursors = false;
  hub: DeliveryHub;
  private readonly cursorOracle: CursorOracle;
  private readonly promptness: PromptnessOracle;
  private readonly violations: string[] = [];
  private statusPosition = 0;
  /** What the hub goes on with in its next turns. */
  private turns: (() => void)[] = [];

  constructor(readonly settings: SimulationSettings) {
    this.options = { ...settings, ackSettleMs: 2_000, heartbeatIntervalMs: 25_000, heartbeatTimeoutMs: 60_000, compressionThresholdBytes: COMPRESSION_THRESHOLD_BYTES };
    this.store = new ModelStore(this.clock, settings.queueMax, (item) => this.line.emit(item));
    this.cursorOracle = new CursorOracle(this.store, this.connections, this.clock, this.options.ackSettleMs);
    this.promptness = new PromptnessOracle(this.store, keptBehind(settings));
    this.hub = this.startHub();
  }

  /** Connections that have not ended, oldest first. */
  get open(): SimulatedConnection[] {
    return this.connections.filter(({ isOpen }) => isOpen);
  }

  /** A client connects; its queue opens when the store's answer comes. */
  connect({ owner, mode, habit, audience, compressed = false }: ConnectionWish): SimulatedConnection {
    const name = `connection ${this.connections.length} of ${owner.clientId}/${owner.device}`;
    const broken = (sentence: string): void => void this.violations.push(sentence);
    const audiences = new AudienceHistory(audience);
    const connection = new SimulatedConnection(name, owner, mode, habit, audiences, compressed, this.clock, this.options, broken);
    this.connections.push(connection);
    void this.flushCursors();
    const { hub } = this;
    const opening = hub.beginOpening(owner);
    const answer = this.line.post(() => {
      const queue = this.store.openQueue(owner);
      this.noteBeginning(connection, queue);
      return queue;
    });
    answer.then(
      (queue) => {
        if (connection.writable) connection.stream = hub.open(opening, queue, mode, connection, { audience: audiences.current, compressed });
        else hub.abandon(opening);
      },
      () => {
        hub.abandon(opening);
        if (connection.isOpen) this.finish(connection, 'broken');
      },
    );
    return connection;
  }

  /** A connection ends; after a handshake the pongs that were on their way have come before it. */
  end(connection: SimulatedConnection, ending: Ending): void {
    if (!connection.isOpen) return;
    if (ending !== 'broken') this.takePongs(connection, ALL);
    const { stream } = connection;
    this.finish(connection, ending);
    if (stream === undefined) return;
    this.hub.close(stream, ending);
    void this.flushCursors();
  }

  /** A connection's token is replaced: it receives something else from now on. */
  refilter(connection: SimulatedConnection, audience: Audience | undefined): void {
    connection.audiences.change(audience, this.store.published);
    if (connection.stream !== undefined) this.hub.filter(connection.stream, audience);
  }

  /** The server begins the closing handshake. */
  closeFromServer(connection: SimulatedConnection): void {
    connection.stream?.stop();
    connection.close();
  }

  /** The peer acknowledges one of the logs that it has something of by a frame, `back` numbers before the newest entry that it has. */
  acknowledge(connection: SimulatedConnection, choice: number, back: number): void {
    const { logs } = connection.arrived;
    const log = logs[choice % Math.max(1, logs.length)] ?? '';
    const seq = connection.arrived.newest(log) - back;
    if (connection.stream === undefined || !connection.isOpen || seq <= 0) return;
    if (this.hub.acknowledge(connection.stream, log, seq)) {
      connection.acknowledged.set(log, Math.max(seq, connection.acknowledged.get(log) ?? 0));
    }
  }

  /** Delivers pongs that are on their way; the answer to a closing handshake comes behind them. */
  takePongs(connection: SimulatedConnection, count: number): void {
    for (let i = 0; i < count; i++) {
      const pong = connection.takePong();
      if (pong === undefined) break;
      if (connection.stream !== undefined) this.hub.pong(connection.stream, pong);
    }
    if (connection.closeAnswered) {
      connection.closeAnswered = false;
      this.end(connection, 'answered');
    }
  }

  /** The peer sends something else than a pong: a sign of life. */
  hear(connection: SimulatedConnection): void {
    if (connection.stream !== undefined) connection.stream.heardAt = this.clock.now();
  }

  /** So many statuses change; a connection is told of them at once. */
  writeStatus(connection: SimulatedConnection, count = 1): void {
    this.statusPosition += count;
    if (connection.stream !== undefined) this.offerStatuses(this.hub, connection.stream, count);
  }

  /** Gives the next feed items to the hub, as one batch. */
  feed(count: number): void {
    const items = this.line.takeItems(count);
    if (items.length === 0) return;
    this.promptness.before(items, this.open);
    this.hub.accept(items);
    this.judgePromptness();
  }

  /** The hub has some of the turns that it asked for. */
  turn(count: number): void {
    for (let i = 0; i < count && this.turns.length > 0; i++) {
      this.turns.shift()?.();
      this.judgePromptness();
    }
  }

  /** Delivers one answer of the store. */
  async answer(choice: number): Promise<boolean> {
    const answered = this.line.answer(choice);
    // Whoever waits for it goes on in the next microtasks.
    await Promise.resolve();
    await Promise.resolve();
    return answered;
  }

  /** Everything that is on its way arrives, and what it sets off, until nothing moves. */
  async flow(): Promise<void> {
    do {
      this.line.carryOut(ALL);
      this.feed(ALL);
      while (this.turns.length > 0) this.turn(1);
      while (await this.answer(0));
      for (const connection of this.open) {
        connection.transmit(ALL);
        connection.arrive(ALL);
        this.takePongs(connection, ALL);
      }
      this.check();
    } while (!this.line.idle || this.turns.length > 0 || this.open.some((connection) => !connection.stuck && !connection.idle));
  }

  /** Time passes, and the server looks at its timers; `flushing`, whether it also stores cursors then. */
  pass(milliseconds: number, flushing = false): void {
    for (let left = milliseconds; left > 0; left -= TICK_MS) {
      this.clock.advance(Math.min(TICK_MS, left));
      this.hub.tick();
      if (flushing) void this.flushCursors();
    }
  }

  /** Stores the cursors that were raised. */
  async flushCursors(): Promise<void> {
    const raised = this.hub.takeRaised(0);
    if (raised === undefined) return;
    this.violations.push(...this.cursorOracle.judge(raised));
    const saved = this.line.post(() => {
      this.store.saveCursors(raised.cursors);
      for (const { owner, position } of raised.presence) this.store.savePresencePosition(owner, position);
    });
    // What could not be stored is delivered again.
    await saved.catch(() => (this.hasLostCursors = true));
  }

  /** The process is killed and started again: the store is all that is left. */
  restart(): void {
    this.countTotals();
    for (const connection of this.open) this.finish(connection, 'broken');
    this.line.cut();
    this.turns = [];
    this.promptness.after();
    this.hub = this.startHub();
  }

  /** Throws when a promise was broken. */
  check(): void {
    if (this.violations.length > 0) throw new Error(this.violations.join('\n'));
  }

  countTotals(): void {
    const { counters } = this.hub;
    for (const key of Object.keys(this.totals) as (keyof typeof this.totals)[]) this.totals[key] += counters[key];
  }

  /** While turns are to come, fan-out is not over. */
  private judgePromptness(): void {
    if (this.turns.length === 0) this.violations.push(...this.promptness.after());
  }

  private startHub(): DeliveryHub {
    const hub = new DeliveryHub(
      { readQueue: (owner, positions, limit, maxBytes) => this.line.post(() => this.store.readQueue(owner, positions, limit, maxBytes)) },
      this.options,
      this.clock,
      {
        overflowed: (stream, dropped) => this.report(stream, dropped),
        presenceMissed: (stream) => {
          stream.presenceMissed = false;
          this.offerStatuses(hub, stream, 1);
        },
        readFailed: () => undefined,
        audienceFailed: () => undefined,
      },
      (run) => void this.turns.push(run),
    );
    return hub;
  }

  private finish(connection: SimulatedConnection, ending: Ending): void {
    connection.end(ending);
    connection.audiences.end(this.store.published);
  }

  private offerStatuses(hub: DeliveryHub, stream: DeliveryStream, count: number): void {
    const connection = stream.sink as SimulatedConnection;
    const statuses = Array.from({ length: count }, (_, i) => {
      const position = this.statusPosition - count + i + 1;
      const text = statusText(position);
      if (!isFor(connection.audiences.current, 'client_status', '', () => JSON.parse(text))) connection.statusesLeftOut.push(position);
      return { frame: encodeTextFrame(text), position };
    });
    hub.writeStatuses(stream, statuses);
  }

  private report(stream: DeliveryStream, dropped: readonly DroppedRange[]): void {
    (stream.sink as SimulatedConnection).report(dropped);
  }

  private noteBeginning(connection: SimulatedConnection, queue: OpenedQueue): void {
    const { clientId } = connection.owner;
    const starts = new Map<Membership, number>();
    for (const { log, after } of queue.logs) {
      const stay = this.store.log(log).keptMembership(clientId);
      if (stay !== undefined) starts.set(stay, after);
    }
    connection.starts = starts;
    connection.memberships = new Set([...this.store.logs.values()].flatMap((log) => log.memberships.filter((stay) => stay.clientId === clientId)));
  }
}
