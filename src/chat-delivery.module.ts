// The whole server as one module.
import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/index.js';
import { SettingsModule } from './config/index.js';
import type { Settings } from './config/index.js';
import { ConsoleModule } from './console/index.js';
import { EngineModule } from './engine/index.js';
import { EventsModule } from './events/index.js';
import { GatewayModule } from './gateway/index.js';
import { HealthModule } from './health/index.js';
import { RoomsModule } from './rooms/index.js';

/**
 * Notification delivery with its engine, HTTP API and WebSocket endpoint. The application that imports it must use
 * `DeliveryWsAdapter`.
 *
 * @publicApi
 */
@Module({})
export class ChatDeliveryModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ChatDeliveryModule,
      imports: [SettingsModule.forRoot(settings), EventsModule, EngineModule, RoomsModule, GatewayModule, HealthModule, ConsoleModule, AdminModule],
    };
  }
}
