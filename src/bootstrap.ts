// Starts the server, and stops it cleanly on a signal.
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { readSettings, readTracingSettings } from './config/index.js';
import { DeliveryWsAdapter } from './connections/index.js';
import { configureHttp, createHttpAdapter, DirectRoutes, trustedProxies } from './http/index.js';
import { startTracing } from './tracing/index.js';

/**
 * Starts the server with the settings of the environment; resolves when it listens.
 *
 * @throws Error whose message names what is wrong and the cure: settings, the store, the port
 */
export async function bootstrap(): Promise<NestFastifyApplication> {
  const settings = readSettings();
  const tracing = await startTracing(readTracingSettings(), settings);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(settings, tracing),
    createHttpAdapter({
      maxPayloadBytes: settings.maxPayloadBytes,
      trustProxy: trustedProxies(settings.trustProxy),
      headTimeoutMs: settings.handshakeTimeoutSeconds * 1000,
      sendBufferMaxBytes: settings.sendBufferMaxBytes,
    }),
    // What has gone wrong is said by the error alone; what was buffered until then nobody has a format for.
    { bufferLogs: true, autoFlushLogs: false, abortOnError: false },
  );
  const logger = app.get(Logger);
  app.useLogger(logger);
  app.flushLogs();
  configureHttp(app);
  app.get(DirectRoutes, { strict: false }).serve(app);
  app.useWebSocketAdapter(new DeliveryWsAdapter(app));
  await app.listen(settings.port, settings.host);
  stopOnSignals(app, logger);
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.log({ msg: 'listening', host: settings.host, port });
  return app;
}

/** One Ctrl-C may arrive twice, from the terminal and from npm: what comes within this time is the same signal, ms. */
const SAME_SIGNAL_MS = 1_000;

/** The first signal drains and ends with code 0, a second one ends at once. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    logger.log({ msg: 'stopping', signal });
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ msg: 'not stopped cleanly', err: error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
