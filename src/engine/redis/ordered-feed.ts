// Numbers that have to be brought once and in order, whatever the order in which they come.

/** So many numbers may wait for one that is missing; what is behind them is read. */
const MAX_AHEAD = 1_024;

/** Something with a place in an order: 1, 2, 3 … */
interface Numbered {
  readonly seq: number;
}

/** Somebody who waits for a number to be brought. */
interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How far something has been brought, and what has come before its turn. */
export class OrderedFeed<T extends Numbered> {
  /** The newest number that was brought; undefined until it is known where to begin. */
  last: number | undefined = undefined;
  /** Reading what is missing. */
  healing: Promise<void> | undefined = undefined;
  /** Set while a number is missing that may still come by itself. */
  healTimer: NodeJS.Timeout | undefined = undefined;
  /** Nobody here wants it any more. */
  closed = false;
  private readonly ahead = new Map<number, T>();
  private waiters: Waiter[] = [];
  private subscribed: Promise<void> | undefined = undefined;

  /** Something has come, or is waited for, and something before it has not come. */
  get incomplete(): boolean {
    return this.ahead.size > 0 || this.waiters.length > 0;
  }

  /** Resolves when what is new comes. Begins that with `subscribe`, once, and again after it has failed. */
  subscription(subscribe: () => Promise<void>): Promise<void> {
    if (this.subscribed === undefined) {
      this.subscribed = subscribe();
      this.subscribed.catch(() => (this.subscribed = undefined));
    }
    return this.subscribed;
  }

  /** Takes what has come; returns that whose turn it is. */
  take(items: readonly T[]): readonly T[] {
    const { last } = this;
    if (last !== undefined && this.ahead.size === 0 && items[0]?.seq === last + 1 && items[items.length - 1].seq === last + items.length) {
      this.advance(items);
      return items;
    }
    for (const item of items) {
      if (item.seq > (last ?? 0) && this.ahead.size < MAX_AHEAD) this.ahead.set(item.seq, item);
    }
    return this.drain();
  }

  /** Everything up to `seq` is brought, or of no use any more; returns what follows it. */
  moveTo(seq: number): readonly T[] {
    if (this.last === undefined || seq > this.last) this.last = seq;
    for (const known of this.ahead.keys()) if (known <= this.last) this.ahead.delete(known);
    return this.drain();
  }

  /** What there is has gone back: begins anew at `seq`; returns what follows it. */
  restart(seq: number): readonly T[] {
    this.last = undefined;
    return this.moveTo(seq);
  }

  /** Resolves when `seq` has been brought, or nobody wants it any more. */
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

  /** These are being brought. */
  protected advance(items: readonly T[]): void {
    this.last = items.at(-1)?.seq ?? this.last;
  }

  private drain(): readonly T[] {
    if (this.last === undefined || this.ahead.size === 0) return [];
    const items: T[] = [];
    for (let next = this.ahead.get(this.last + 1); next !== undefined; next = this.ahead.get(next.seq + 1)) {
      items.push(next);
      this.ahead.delete(next.seq);
    }
    this.advance(items);
    return items;
  }
}
