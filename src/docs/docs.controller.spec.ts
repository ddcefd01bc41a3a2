// The documentation where it has not been built, as beside these sources. What is served when it has been is test/e2e/docs and test/browser/docs.
import { NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Settings } from '../config/index.js';
import { NotedReply } from '../../test/support/noted-reply.js';
import { BuiltPage } from '../pages/index.js';
import { ApiDocuments } from './api-documents.js';
import { DocsController } from './docs.controller.js';

describe('DocsController, without a build', () => {
  const documents = new ApiDocuments({ getControllers: () => [] } as unknown as DiscoveryService);
  const controller = new DocsController(new BuiltPage(import.meta.dirname, 'docs'), documents, new Settings());

  it('answers 503 for the page, and says how to build it', () => {
    const reply = new NotedReply();
    expect(controller.document(reply)).toContain('npm run build:docs');
    expect([reply.code, reply.headers.get('Content-Type')]).toEqual([503, 'text/plain; charset=utf-8']);
  });

  it('answers 503 for the documents, which are there once they are built', () => {
    expect(() => controller.openApi({ originalUrl: '/docs/openapi.json' })).toThrow(ServiceUnavailableException);
    expect(() => controller.asyncApi()).toThrow(ServiceUnavailableException);
  });

  it('has no files', () => {
    for (const name of ['index.js', 'docs.controller.ts', '../docs.controller.ts']) expect(() => controller.asset(name, new NotedReply())).toThrow(NotFoundException);
  });
});
