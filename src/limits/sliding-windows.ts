// Sliding windows by key, of which those that have run empty are forgotten.
import type { Clock } from '../log/index.js';
import { SlidingWindow } from './sliding-window.js';

/** Windows that are looked at, whenever another one is asked for, to see whether they have run empty. */
const SWEPT_AT_ONCE = 2;

/** One window a key. All of them are looked at in turn, so that those that have run empty are forgotten as fast as others are added. */
export class SlidingWindows {
  private readonly windows = new Map<string, SlidingWindow>();
  /** Goes round and round; stands still at no cost, however many were deleted before it. */
  private sweeping = this.windows.entries();

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
    let window = this.windows.get(key);
    if (window === undefined) this.windows.set(key, (window = new SlidingWindow(this.windowMs)));
    return window;
  }

  private sweep(): void {
    for (let left = SWEPT_AT_ONCE; left > 0; left--) {
      const { value, done } = this.sweeping.next();
      if (done === true) {
        this.sweeping = this.windows.entries();
        return;
      }
      const [key, window] = value;
      if (window.isEmpty(this.clock.now())) this.windows.delete(key);
    }
  }
}
