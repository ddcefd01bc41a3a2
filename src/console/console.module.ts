// Provides the web console.
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { BuiltPage } from '../pages/index.js';
import { ConsoleController, ConsolePage } from './console.controller.js';

/** Where the build puts the page. */
const DIRECTORY = join(import.meta.dirname, 'page');

/**
 * `GET /console`. The page holds no secret and does nothing without a token, so it is open to everybody.
 *
 * @publicApi
 */
@Module({ controllers: [ConsoleController], providers: [{ provide: ConsolePage, useValue: new BuiltPage(DIRECTORY, 'console') }] })
export class ConsoleModule {}
