// The truth about one log: its entries, its silent numbers, and who was a member of it from where to where.
import { isPersonalLog, type AppendedEntry, type LogEntry, type MembershipChange } from '../../../src/log/index.js';

/** The tenant of everything in the model. */
export const TENANT = 't';

/** One client's stay in a log: it is to receive the entries behind `joinedSeq`, up to `endSeq`. */
export interface Membership {
  readonly clientId: string;
  readonly joinedSeq: number;
  /** Its leaving, or the deletion of the room; absent while it is a member. */
  endSeq?: number;
  /** Nothing of it is kept: the client has left, or the deleted room was made anew. */
  gone: boolean;
}

/** An entry with its place in the order of everything that was ever published. */
export interface OrderedEntry extends LogEntry {
  readonly order: number;
}

/** A room, through all its deletions, or a client's own log. */
export class ModelLog {
  /** By `seq - 1`; undefined for silent numbers. */
  readonly entries: (OrderedEntry | undefined)[] = [];
  readonly memberships: Membership[] = [];
  /** A deleted room is not alive; nor is one that was never made. */
  alive = false;

  constructor(readonly name: string) {
    if (isPersonalLog(name)) {
      this.alive = true;
      this.memberships.push({ clientId: name.slice(1), joinedSeq: 0, gone: false });
    }
  }

  /** Newest `seq`. */
  get head(): number {
    return this.entries.length;
  }

  get members(): readonly Membership[] {
    return this.alive ? this.memberships.filter(({ endSeq }) => endSeq === undefined) : [];
  }

  entry(seq: number): OrderedEntry | undefined {
    return this.entries[seq - 1];
  }

  /** Entries, silent numbers left out, from `from` to `to`, both inclusive. */
  between(from: number, to: number): OrderedEntry[] {
    return this.entries.slice(Math.max(0, from - 1), to).filter((entry) => entry !== undefined);
  }

  /** The membership to which an entry belongs. */
  membershipAt(clientId: string, seq: number): Membership | undefined {
    return this.memberships.find((stay) => stay.clientId === clientId && stay.joinedSeq < seq && seq <= (stay.endSeq ?? Infinity));
  }

  /** The membership of which the log still keeps something: a present one, or that of a deleted room. */
  keptMembership(clientId: string): Membership | undefined {
    return this.memberships.find((stay) => stay.clientId === clientId && !stay.gone);
  }

  /** Makes the room, or makes it anew: what was left of the former one is gone. */
  create(members: readonly string[]): AppendedEntry {
    for (const stay of this.memberships) stay.gone = true;
    this.alive = true;
    for (const clientId of members) this.memberships.push({ clientId, joinedSeq: this.head, gone: false });
    return this.feedItem(this.head, undefined, { kind: 'created', members });
  }

  /** Where these clients receive from, as an engine says it that has lost what it knew. A deletion it still knows. */
  resync(clients: readonly string[]): AppendedEntry[] {
    const positions = new Map(clients.map((clientId) => [clientId, this.keptMembership(clientId)?.joinedSeq]));
    if (this.alive || this.head === 0) return [this.feedItem(this.head, undefined, { kind: 'resynced', positions })];
    return [this.feedItem(this.head - 1, undefined, { kind: 'resynced', positions }), this.feedItem(this.head, this.entry(this.head), { kind: 'deleted' })];
  }

  /** Appends an entry, or a silent number when there is none. */
  append(entry: Omit<OrderedEntry, 'seq' | 'incarnation'> | undefined, change?: MembershipChange): AppendedEntry {
    const seq = this.head + 1;
    const appended = entry && { ...entry, seq, incarnation: 0 };
    this.entries.push(appended);
    if (change !== undefined) this.carryOut(change, seq);
    return this.feedItem(seq, appended, change);
  }

  private carryOut(change: MembershipChange, seq: number): void {
    if (change.kind === 'joined') {
      this.memberships.push({ clientId: change.clientId, joinedSeq: seq - 1, gone: false });
    } else if (change.kind === 'left') {
      for (const stay of this.members.filter(({ clientId }) => clientId === change.clientId)) {
        stay.endSeq = seq;
        stay.gone = true;
      }
    } else if (change.kind === 'deleted') {
      for (const stay of this.members) stay.endSeq = seq;
      this.alive = false;
    }
  }

  private feedItem(seq: number, entry: LogEntry | undefined, change: MembershipChange | undefined): AppendedEntry {
    return { tenant: TENANT, log: this.name, seq, memberCount: this.members.length, ...(entry && { entry }), ...(change && { change }) };
  }
}
