import 'reflect-metadata';
import { createHttpAdapter, DeliveryWsAdapter } from '@chatapi/delivery';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

/** The application, for `main.ts` and for tests alike. */
export async function createApp(): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter(), { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new DeliveryWsAdapter(app));
  return app;
}
