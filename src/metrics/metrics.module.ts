// Provides GET /metrics, and the numbers behind it.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionsModule } from '../connections/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { CanaryModule } from '../health/index.js';
import { HttpModule } from '../http/index.js';
import { PresenceModule } from '../presence/index.js';
import { WebhookMeterModule } from '../webhooks/index.js';
import { ConnectionMetrics } from './connection-metrics.js';
import { ConnectionSweep } from './connection-sweep.js';
import { EngineMetrics } from './engine-metrics.js';
import { HealthMetrics } from './health-metrics.js';
import { LimitMetrics } from './limit-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsGuard } from './metrics.guard.js';
import { MetricsRegistry } from './metrics-registry.js';
import { NotificationMetrics } from './notification-metrics.js';
import { StatisticsService } from './statistics.service.js';
import { WebhookMetrics } from './webhook-metrics.js';

/**
 * Listens to what happens; nothing below knows it. Needs `Settings`, `ChatEvents` and `DeliveryEngine` from global modules.
 *
 * @publicApi
 */
@Module({
  imports: [AuthModule, ConnectionsModule, DeliveryModule, CanaryModule, HttpModule, PresenceModule, WebhookMeterModule],
  controllers: [MetricsController],
  providers: [ConnectionMetrics, ConnectionSweep, EngineMetrics, HealthMetrics, LimitMetrics, MetricsGuard, MetricsRegistry, NotificationMetrics, StatisticsService, WebhookMetrics],
  exports: [StatisticsService],
})
export class MetricsModule {}
