// Nest's throttler counts in our sliding windows.
import { Inject, Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimitStore } from '../engine/index.js';

/** What `ThrottlerStorage.increment` answers; the throttler does not export the type. */
type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** The throttler's own storage begins a new window when the old one is over, which lets twice the limit through at the edge. */
@Injectable()
export class SlidingWindowThrottlerStorage implements ThrottlerStorage {
  constructor(@Inject(RateLimitStore) private readonly store: RateLimitStore) {}

  /** Times are in seconds, as the throttler has them. */
  async increment(key: string, _ttl: number, limit: number): Promise<ThrottlerRecord> {
    const { granted, used, waitMs } = await this.store.take(key, limit, 1);
    const seconds = waitMs / 1000;
    return { totalHits: used, timeToExpire: Math.ceil(seconds), isBlocked: granted === 0, timeToBlockExpire: seconds };
  }
}
