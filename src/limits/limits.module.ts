// Provides rate limits and bans.
import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Settings } from '../config/index.js';
import { DeliveryEngine, RateLimitStore } from '../engine/index.js';
import { BanGuard } from './ban.guard.js';
import { BanList } from './ban-list.service.js';
import { HttpThrottlerGuard } from './http-throttler.guard.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { RateLimits } from './rate-limits.service.js';
import { SlidingWindowThrottlerStorage } from './throttler-storage.js';

/** One store for the throttler and for what is counted without it: the engine's, where processes share it. */
@Module({
  providers: [
    {
      provide: RateLimitStore,
      inject: [DeliveryEngine, Settings],
      useFactory: (engine: DeliveryEngine, settings: Settings) => engine.rateLimits ?? new MemoryRateLimitStore(settings),
    },
    SlidingWindowThrottlerStorage,
  ],
  exports: [RateLimitStore, SlidingWindowThrottlerStorage],
})
class RateLimitStoreModule {}

/** Needs `DeliveryEngine`, `Settings`, `Clock` and `ChatEvents` from global modules. */
@Module({
  imports: [
    RateLimitStoreModule,
    ThrottlerModule.forRootAsync({
      imports: [RateLimitStoreModule],
      inject: [Settings, SlidingWindowThrottlerStorage],
      useFactory: (settings: Settings, storage: SlidingWindowThrottlerStorage) => ({
        throttlers: [{ ttl: settings.rateLimitWindowSeconds * 1000, limit: settings.rateLimitMax }],
        storage,
      }),
    }),
  ],
  providers: [BanGuard, BanList, HttpThrottlerGuard, RateLimits],
  exports: [BanGuard, BanList, HttpThrottlerGuard, RateLimits, ThrottlerModule],
})
export class LimitsModule {}
