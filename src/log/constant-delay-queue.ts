// Timers that all wait equally long, as one queue: no timer a connection, no sorting.

/** Items that fall due a constant delay after they were added, in the order in which they were added. */
export class ConstantDelayQueue<T> {
  /** What has fallen due is undefined: it may be the last to hold on to a closed connection. */
  private items: (T | undefined)[] = [];
  private dueAt: number[] = [];
  private start = 0;

  constructor(private readonly delayMs: number) {}

  /** Adds an item that falls due `delayMs` after `now`. */
  add(item: T, now: number): void {
    this.items.push(item);
    this.dueAt.push(now + this.delayMs);
  }

  /** Calls `act` with every item that is due; `act` may add items, whose turn is the next call at the earliest. */
  expire(now: number, act: (item: T) => void): void {
    const end = this.items.length;
    while (this.start < end && this.dueAt[this.start] <= now) {
      const item = this.items[this.start] as T;
      this.items[this.start] = undefined;
      this.start++;
      act(item);
    }
    if (this.start > 1024 && this.start * 2 > this.items.length) this.compact();
    else if (this.start === this.items.length) this.clear();
  }

  private compact(): void {
    this.items = this.items.slice(this.start);
    this.dueAt = this.dueAt.slice(this.start);
    this.start = 0;
  }

  private clear(): void {
    if (this.start === 0) return;
    this.items = [];
    this.dueAt = [];
    this.start = 0;
  }
}
