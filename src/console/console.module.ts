// Provides the web console.
import { Module } from '@nestjs/common';
import { ConsoleController } from './console.controller.js';
import { ConsolePage } from './console-page.js';

/**
 * `GET /console`. The page holds no secret and does nothing without a token, so it is open to everybody.
 *
 * @publicApi
 */
@Module({ controllers: [ConsoleController], providers: [ConsolePage] })
export class ConsoleModule {}
