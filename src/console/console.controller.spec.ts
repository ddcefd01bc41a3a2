// The console where it has not been built, as beside these sources. What is served when it has been is test/browser/console/safety.spec.ts.
import { NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { NotedReply } from '../../test/support/noted-reply.js';
import { BuiltPage } from '../pages/index.js';
import { ConsoleController } from './console.controller.js';

describe('ConsoleController, without a built page', () => {
  const controller = new ConsoleController(new BuiltPage(import.meta.dirname, 'console'));

  it('answers 503 and says how to build it', () => {
    const reply = new NotedReply();
    expect(controller.document(reply)).toContain('npm run build:console');
    expect(reply.code).toBe(503);
    expect(reply.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(reply.headers.get('Cache-Control')).toBe('no-cache');
  });

  it('has no files', () => {
    for (const name of ['index.js', 'console.controller.ts', '../console.controller.ts']) expect(() => controller.asset(name, new NotedReply())).toThrow(NotFoundException);
  });
});
