// Provides the documentation of the API.
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HttpModule } from '../http/index.js';
import { BuiltPage } from '../pages/index.js';
import { ApiDocuments } from './api-documents.js';
import { DocsController, DocsPage } from './docs.controller.js';

/** Where the build puts the page. */
const DIRECTORY = join(import.meta.dirname, 'page');

/**
 * `GET /docs`. It tells what every server of this version can do, and is open to everybody unless `DOCS=off`.
 *
 * @publicApi
 */
@Module({
  imports: [DiscoveryModule, HttpModule],
  controllers: [DocsController],
  providers: [ApiDocuments, { provide: DocsPage, useValue: new BuiltPage(DIRECTORY, 'docs') }],
})
export class DocsModule {}
