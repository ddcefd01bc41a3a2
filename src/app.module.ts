// Our own use of ChatDeliveryModule: the server that `npm start` starts.
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ChatDeliveryModule } from './chat-delivery.module.js';
import type { Settings } from './config/index.js';
import { DeliveryTracing } from './delivery/index.js';
import { createLogDestination } from './log-destination.js';

@Module({})
export class AppModule {
  static forRoot(settings: Settings, tracing?: DeliveryTracing): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: {
            level: settings.logLevel,
            // Requests carry tokens, and health checks come every second: connection events are logged where they happen.
            autoLogging: false,
            quietReqLogger: true,
            ...(settings.logFormat === 'pretty' ? { transport: { target: 'pino-pretty' } } : { stream: createLogDestination() }),
          },
        }),
        ChatDeliveryModule.forRoot({ ...settings, replace: tracing === undefined ? [] : [{ provide: DeliveryTracing, useValue: tracing }] }),
      ],
    };
  }
}
