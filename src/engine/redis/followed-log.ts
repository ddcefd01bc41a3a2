// How far the live feed has brought one log, and what has come before its turn.
import type { AppendedEntry, LogAddress } from '../../log/index.js';

/** So many numbers may wait for one that is missing; what is behind them is read from the log. */
const MAX_AHEAD = 1_024;

/** Somebody who waits for a number to be brought. */
interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A client connected here, as far as a log is concerned. */
interface Follower {
  /** Known to be a member; otherwise that is being found out. */
  isMember: boolean;
}

/** A log that somebody here receives from. Brings each number once, in order, whatever the order in which they come. */
export class FollowedLog {
  /** The clients connected here that receive from it. */
  readonly clients = new Map<string, Follower>();
  /** The newest number that was brought; undefined until it is known where to begin. */
  last: number | undefined = undefined;
  /** The newest number that changed who receives. */
  lastChange = 0;
  /** Its channel; settled again after every attempt to subscribe. */
  subscribed: Promise<void> | undefined = undefined;
  /** Reading what is missing. */
  healing: Promise<void> | undefined = undefined;
  /** Set while a number is missing that may still come by itself. */
  healTimer: NodeJS.Timeout | undefined = undefined;
  /** Nobody here receives from it any more. */
  closed = false;
  private readonly ahead = new Map<number, AppendedEntry>();
  private waiters: Waiter[] = [];

  constructor(
    readonly address: LogAddress,
    readonly channel: string,
  ) {}

  /** Something has come, and something before it has not. */
  get incomplete(): boolean {
    return this.ahead.size > 0 || this.waiters.length > 0;
  }

  /** Takes numbers that have come; returns those whose turn it is. */
  take(entries: readonly AppendedEntry[]): readonly AppendedEntry[] {
    const { last } = this;
    if (last !== undefined && this.ahead.size === 0 && entries[0]?.seq === last + 1 && entries[entries.length - 1].seq === last + entries.length) {
      this.advance(entries);
      return entries;
    }
    for (const entry of entries) {
      if (entry.seq > (last ?? 0) && this.ahead.size < MAX_AHEAD) this.ahead.set(entry.seq, entry);
    }
    return this.drain();
  }

  /** Everything up to `seq` is brought, or of no use any more; returns what follows it. */
  moveTo(seq: number): readonly AppendedEntry[] {
    if (this.last === undefined || seq > this.last) this.last = seq;
    for (const known of this.ahead.keys()) if (known <= this.last) this.ahead.delete(known);
    return this.drain();
  }

  /** Resolves when `seq` has been brought. */
  reached(seq: number): Promise<void> {
    return new Promise((resolve, reject) => this.waiters.push({ seq, resolve, reject }));
  }

  /** To be called when what was taken has been brought. */
  settle(): void {
    if (this.waiters.length === 0) return;
    const last = this.last ?? 0;
    const settled = this.waiters.filter(({ seq }) => seq <= last);
    this.waiters = this.waiters.filter(({ seq }) => seq > last);
    for (const { resolve } of settled) resolve();
  }

  /** What is missing could not be read. */
  fail(error: unknown): void {
    const { waiters } = this;
    this.waiters = [];
    for (const { reject } of waiters) reject(error);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.healTimer);
    for (const { resolve } of this.waiters) resolve();
    this.waiters = [];
  }

  private drain(): readonly AppendedEntry[] {
    if (this.last === undefined || this.ahead.size === 0) return [];
    const entries: AppendedEntry[] = [];
    for (let next = this.ahead.get(this.last + 1); next !== undefined; next = this.ahead.get(next.seq + 1)) {
      entries.push(next);
      this.ahead.delete(next.seq);
    }
    this.advance(entries);
    return entries;
  }

  private advance(entries: readonly AppendedEntry[]): void {
    for (const { seq, change } of entries) {
      this.last = seq;
      if (change !== undefined) this.lastChange = seq;
    }
  }
}
