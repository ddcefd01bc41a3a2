// Rate limits of one process: sliding logs in memory.
import { type Settings } from '../config/index.js';
import type { RateLimitStore, TakenHits } from '../engine/index.js';
import { monotonicClock } from '../log/index.js';
import { SlidingWindows } from './sliding-windows.js';

export class MemoryRateLimitStore implements RateLimitStore {
  private readonly windows: SlidingWindows;

  constructor(settings: Settings) {
    this.windows = new SlidingWindows(settings.rateLimitWindowSeconds * 1000, monotonicClock);
  }

  take(key: string, limit: number, hits: number): Promise<TakenHits> {
    const granted = this.windows.take(key, limit, hits);
    return Promise.resolve({ granted, used: this.windows.used(key), waitMs: this.windows.waitMs(key, limit) });
  }

  clear(key: string): Promise<void> {
    this.windows.clear(key);
    return Promise.resolve();
  }
}
