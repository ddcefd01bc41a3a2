// Provides the health routes.
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionsModule } from '../connections/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { CanaryService } from './canary.service.js';
import { DeliveryHealthIndicator } from './delivery.health.js';
import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), ConnectionsModule, DeliveryModule],
  controllers: [HealthController],
  providers: [CanaryService, DeliveryHealthIndicator],
  exports: [CanaryService],
})
export class HealthModule {}
