// Provides the WebSocket endpoint.
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { ConnectionsModule } from '../connections/index.js';
import { DeliveryModule } from '../delivery/index.js';
import { LimitsModule } from '../limits/index.js';
import { PresenceModule } from '../presence/index.js';
import { ConnectionLifecycle } from './connection-lifecycle.service.js';
import { ControlFrameLimit } from './control-frame.limit.js';
import { FrameErrorFilter } from './frame-error.filter.js';
import { HeldMessages } from './held-messages.service.js';
import { NotificationsGateway } from './notifications.gateway.js';
import { TokenRefresh } from './token-refresh.service.js';
import { WsJwtGuard } from './ws-jwt.guard.js';
import { WsThrottlerGuard } from './ws-throttler.guard.js';

@Module({
  imports: [AuthModule, LimitsModule, ConnectionsModule, DeliveryModule, PresenceModule],
  providers: [NotificationsGateway, ConnectionLifecycle, ControlFrameLimit, FrameErrorFilter, HeldMessages, TokenRefresh, WsJwtGuard, WsThrottlerGuard],
  exports: [NotificationsGateway, ConnectionLifecycle],
})
export class GatewayModule {}
