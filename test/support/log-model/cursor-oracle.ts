// Judges cursors: none may be raised past what a peer has had for long enough, or has acknowledged itself.
import type { Clock, CursorUpdate, QueueOwner } from '../../../src/log/index.js';
import type { OrderedEntry } from './model-log.js';
import { type ModelStore, ownerKey } from './model-store.js';
import type { SimulatedConnection } from './simulated-connection.js';

/** What a hub wants stored. */
interface Raised {
  readonly cursors: readonly CursorUpdate[];
  readonly presence: readonly { readonly owner: QueueOwner; readonly position: number }[];
}

/** Knows nothing of pings: it looks at what has arrived, and when. */
export class CursorOracle {
  constructor(
    private readonly store: ModelStore,
    private readonly connections: readonly SimulatedConnection[],
    private readonly clock: Clock,
    private readonly settleMs: number,
  ) {}

  /** Sentences about cursors that no connection justifies. */
  judge({ cursors, presence }: Raised): string[] {
    return [
      ...cursors
        .filter((cursor) => !this.of(cursor).some((connection) => this.justifies(connection, cursor)))
        .map((cursor) => `the cursor of ${ownerKey(cursor)} in ${cursor.log} was raised to ${cursor.seq}, which has not arrived for long enough`),
      ...presence
        .filter(({ owner, position }) => position > 0 && !this.of(owner).some((connection) => this.wasTold(connection, position)))
        .map(({ owner, position }) => `${ownerKey(owner)} counts as told of status ${position}, which has not arrived for long enough`),
    ];
  }

  private of(owner: QueueOwner): SimulatedConnection[] {
    return this.connections.filter((connection) => ownerKey(connection.owner) === ownerKey(owner));
  }

  private justifies(connection: SimulatedConnection, { log: name, seq, clientId }: CursorUpdate): boolean {
    const log = this.store.log(name);
    const stay = log.membershipAt(clientId, seq);
    // Of a membership that is over, a cursor says nothing.
    if (stay === undefined || stay.gone) return true;
    const start = connection.starts.get(stay) ?? stay.joinedSeq;
    const deadline = this.deadline(connection);
    const acknowledged = connection.acknowledged.get(name) ?? 0;
    const justifies = (entry: OrderedEntry): boolean =>
      (connection.mode === 'transport' && connection.arrived.has(name, entry.seq, deadline)) || connection.audiences.leavesOut(name, entry);
    return log.between(Math.max(start, acknowledged) + 1, seq).every(justifies);
  }

  private wasTold(connection: SimulatedConnection, position: number): boolean {
    const deadline = this.deadline(connection);
    const { arrived, written, statusesLeftOut } = connection;
    const has = (told: number): boolean => arrived.statuses.some((status) => status.position >= told && status.at <= deadline);
    if (has(position)) return true;
    return statusesLeftOut.includes(position) && written.statuses.every((status) => status.position > position || has(status.position));
  }

  /** What arrived later may have reached a peer that was dying: it comes again. */
  private deadline({ ending, endedAt }: SimulatedConnection): number {
    if (ending === 'handshake' || ending === 'answered') return Infinity;
    return Math.min(this.clock.now(), endedAt) - this.settleMs;
  }
}
