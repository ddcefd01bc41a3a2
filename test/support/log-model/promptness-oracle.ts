// Judges fan-out: a connection that is live gets new entries in the very call that brings them, or in the turns that this takes.
import type { AppendedEntry } from '../../../src/log/index.js';
import type { Membership, ModelLog } from './model-log.js';
import type { ModelStore } from './model-store.js';
import type { SimulatedConnection } from './simulated-connection.js';

interface LiveConnection {
  readonly connection: SimulatedConnection;
  readonly log: ModelLog;
  readonly stay: Membership;
}

/** Asked before each batch of the live feed, and once its fan-out is over; more batches may come before that. */
export class PromptnessOracle {
  /** Up to where everything was written, where that is known already. */
  private readonly written = new WeakMap<SimulatedConnection, Map<Membership, number>>();
  private live: LiveConnection[] = [];
  private heads = new Map<string, number>();

  constructor(
    private readonly store: ModelStore,
    /** Whoever leaves before its turn gets what is kept in memory for those who are so far behind at most. */
    private readonly keptBehind: number,
  ) {}

  /** Notes who is live at the head of the logs in this batch. */
  before(items: readonly AppendedEntry[], open: readonly SimulatedConnection[]): void {
    for (const { log, seq } of items) this.heads.set(log, seq);
    for (const name of new Set(items.map(({ log }) => log))) {
      // What was lost is read from the store.
      if (items.some((item) => item.log === name && item.change?.kind === 'resynced')) continue;
      const log = this.store.log(name);
      const first = items.find((item) => item.log === name) as AppendedEntry;
      const head = first.change?.kind === 'created' ? first.seq : first.seq - 1;
      for (const connection of open) {
        const stay = log.memberships.find(({ clientId, joinedSeq, endSeq = Infinity }) => clientId === connection.owner.clientId && joinedSeq <= head && head < endSeq);
        if (stay === undefined || connection.stream?.state !== 'flowing') continue;
        if (isAt(connection, log, stay, head)) this.live.push({ connection, log, stay });
      }
    }
  }

  /** Sentences about those who were live, still flow, and neither got everything nor wait for the store to answer. */
  after(): string[] {
    const { live, heads } = this;
    this.live = [];
    this.heads = new Map();
    return live
      .filter(({ connection, log, stay }) => {
        const { stream } = connection;
        if (stream?.state !== 'flowing' || stream.isReading) return false;
        const end = heads.get(log.name) ?? 0;
        const head = Math.min(end, stay.endSeq ?? Infinity);
        if (this.writtenThrough(connection, log, stay, head) >= head) return false;
        return stay.endSeq === undefined || end - newestWritten(connection, log, stay, head) <= this.keptBehind;
      })
      .map(({ connection, log }) => `${connection.name} was live in ${log.name} and did not get its entries at once`);
  }

  private writtenThrough(connection: SimulatedConnection, log: ModelLog, stay: Membership, head: number): number {
    let positions = this.written.get(connection);
    if (positions === undefined) this.written.set(connection, (positions = new Map()));
    let position = positions.get(stay) ?? connection.starts.get(stay) ?? stay.joinedSeq;
    while (position < head && this.isPast(connection, log, position + 1)) position++;
    positions.set(stay, position);
    return position;
  }

  /** A number was written, or has nothing for the connection. */
  private isPast({ written, audiences }: SimulatedConnection, log: ModelLog, seq: number): boolean {
    const entry = log.entry(seq);
    return entry === undefined || written.has(log.name, seq) || audiences.leavesOut(log.name, entry);
  }
}

/** Numbers behind it that have nothing for the connection may not have been passed yet. */
function newestWritten({ starts, written }: SimulatedConnection, log: ModelLog, stay: Membership, head: number): number {
  const start = starts.get(stay) ?? stay.joinedSeq;
  let seq = head;
  while (seq > start && !written.has(log.name, seq)) seq--;
  return seq;
}

/** The newest number was written to it, or is where it began. At a number that has nothing for it, it may still be on its way. */
function isAt(connection: SimulatedConnection, log: ModelLog, stay: Membership, head: number): boolean {
  return connection.written.has(log.name, head) || (connection.starts.get(stay) ?? stay.joinedSeq) === head;
}
