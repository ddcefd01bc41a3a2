// Sliding windows by key, of which those that have run empty are forgotten.
import type { Clock } from '../log/index.js';
import { SlidingWindow } from './sliding-window.js';

/** Windows that are looked at, whenever another one is asked for, to see whether they have run empty. */
const SWEPT_AT_ONCE = 2;

/** One window a key. The least recently used ones stand first, so that a sweep finds those that have run empty. */
export class SlidingWindows {
  private readonly windows = new Map<string, SlidingWindow>();

  constructor(
    private readonly windowMs: number,
    /** Only intervals are measured with it: best a monotonic one. */
    private readonly clock: Clock,
  ) {}

  /** How many windows are kept. */
  get size(): number {
    return this.windows.size;
  }

  /** Counts as many of `hits` as fit below `limit`, and says how many. */
  take(key: string, limit: number, hits = 1): number {
    return this.touch(key).take(this.clock.now(), limit, hits);
  }

  /** Counts one hit, whether it fits below `limit` or not. */
  record(key: string, limit: number): void {
    this.touch(key).record(this.clock.now(), limit);
  }

  used(key: string): number {
    return this.windows.get(key)?.used(this.clock.now()) ?? 0;
  }

  /** Milliseconds until a hit fits below `limit`; 0 when one does now. */
  waitMs(key: string, limit: number): number {
    return this.windows.get(key)?.waitMs(this.clock.now(), limit) ?? 0;
  }

  /** Forgets what was counted. */
  clear(key: string): void {
    this.windows.delete(key);
  }

  private touch(key: string): SlidingWindow {
    this.sweep();
    const window = this.windows.get(key) ?? new SlidingWindow(this.windowMs);
    this.windows.delete(key);
    this.windows.set(key, window);
    return window;
  }

  /** Goes on for as long as the oldest have run empty: what was added is forgotten about as fast as more is added. */
  private sweep(): void {
    let left = SWEPT_AT_ONCE;
    for (const [key, window] of this.windows) {
      if (left-- === 0 || !window.isEmpty(this.clock.now())) return;
      this.windows.delete(key);
    }
  }
}
