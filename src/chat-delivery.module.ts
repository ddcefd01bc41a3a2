// The whole server as one module.
import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/index.js';
import { AuditModule, type AuditSink } from './audit/index.js';
import { SettingsModule } from './config/index.js';
import type { Settings } from './config/index.js';
import { ConsoleModule } from './console/index.js';
import { type DeliveryTracing, type NotificationFilter, NotificationFilterModule } from './delivery/index.js';
import { EngineModule } from './engine/index.js';
import { EventsModule } from './events/index.js';
import { GatewayModule } from './gateway/index.js';
import { HealthModule } from './health/index.js';
import { MetricsModule } from './metrics/index.js';
import { RoomsModule } from './rooms/index.js';
import { TracingModule } from './tracing/index.js';

/** What a team may put in place of ours. */
export interface ChatDeliveryOptions {
  /** Takes the audit records, instead of files in AUDIT_DIR. */
  readonly auditSink?: AuditSink;
  /** Decides what connections receive of their rooms, instead of the `receive:*` scopes. */
  readonly notificationFilter?: NotificationFilter;
  /** Traces notifications; see `startTracing`. */
  readonly tracing?: DeliveryTracing | undefined;
}

/**
 * Notification delivery with its engine, HTTP API and WebSocket endpoint. The application that imports it must use
 * `DeliveryWsAdapter`.
 *
 * @publicApi
 */
@Module({})
export class ChatDeliveryModule {
  static forRoot(settings: Settings, { auditSink, notificationFilter, tracing }: ChatDeliveryOptions = {}): DynamicModule {
    return {
      module: ChatDeliveryModule,
      imports: [
        SettingsModule.forRoot(settings),
        EventsModule,
        EngineModule,
        TracingModule.forRoot(tracing),
        AuditModule.forRoot(settings, auditSink && { sink: auditSink }),
        NotificationFilterModule.forRoot(notificationFilter),
        RoomsModule,
        GatewayModule,
        HealthModule,
        MetricsModule,
        ConsoleModule,
        AdminModule,
      ],
    };
  }
}
