// Provides the WebSocket endpoint.
import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { PresenceModule } from '../presence/index.js';
import { FrameErrorFilter } from './frame-error.filter.js';
import { NotificationsGateway } from './notifications.gateway.js';
import { WsJwtGuard } from './ws-jwt.guard.js';

@Module({
  imports: [ConnectionsModule, DeliveryModule, PresenceModule],
  providers: [NotificationsGateway, FrameErrorFilter, WsJwtGuard],
  exports: [NotificationsGateway],
})
export class GatewayModule {}
