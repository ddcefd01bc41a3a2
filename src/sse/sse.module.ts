// Provides event streams, and acknowledging over HTTP.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionsModule } from '../connections/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { GatewayModule } from '../gateway/index.js';
import { HttpModule } from '../http/index.js';
import { LimitsModule } from '../limits/index.js';
import { AcknowledgementPreflightController, AcknowledgementsController } from './acknowledgements.controller.js';
import { EventStreams } from './event-streams.service.js';
import { PageAccess } from './page-access.js';
import { SseController } from './sse.controller.js';

@Module({
  imports: [AuthModule, LimitsModule, ConnectionsModule, DeliveryModule, GatewayModule, HttpModule],
  controllers: [SseController, AcknowledgementsController, AcknowledgementPreflightController],
  providers: [EventStreams, PageAccess],
})
export class SseModule {}
