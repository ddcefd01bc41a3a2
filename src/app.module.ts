// Our own use of ChatDeliveryModule: the server that `npm start` starts.
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import pino from 'pino';
import { ChatDeliveryModule } from './chat-delivery.module.js';
import type { Settings } from './config/index.js';

/** Lines go out together, so many bytes or all of 50 ms; whatever ends the process but SIGKILL writes the rest. */
const LOG_DESTINATION = { sync: false, minLength: 4_096, periodicFlush: 50 };

@Module({})
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: {
            level: settings.logLevel,
            // Requests carry tokens, and health checks come every second: connection events are logged where they happen.
            autoLogging: false,
            quietReqLogger: true,
            ...(settings.logFormat === 'pretty' ? { transport: { target: 'pino-pretty' } } : { stream: pino.destination(LOG_DESTINATION) }),
          },
        }),
        ChatDeliveryModule.forRoot(settings),
      ],
    };
  }
}
