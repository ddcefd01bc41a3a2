// Provides the health routes.
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionsModule } from '../connections/index.js';
import { CanaryModule } from './canary.module.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), ConnectionsModule, CanaryModule],
  controllers: [HealthController],
  providers: [DeliveryHealthIndicator],
})
export class HealthModule {}
