// Provides rate limits and bans.
import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Settings } from '../config/index.js';
import { BanGuard } from './ban.guard.js';
import { BanList } from './ban-list.service.js';
import { HttpThrottlerGuard } from './http-throttler.guard.js';
import { RateLimits } from './rate-limits.service.js';
import { SlidingWindowThrottlerStorage } from './throttler-storage.js';

@Module({ providers: [SlidingWindowThrottlerStorage], exports: [SlidingWindowThrottlerStorage] })
class ThrottlerStorageModule {}

/** Needs `RateLimitStore`, `DeliveryEngine`, `Settings`, `Clock` and `ChatEvents` from global modules. */
@Module({
  imports: [
    ThrottlerStorageModule,
    ThrottlerModule.forRootAsync({
      imports: [ThrottlerStorageModule],
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
