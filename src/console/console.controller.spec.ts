// The console where it has not been built, as beside these sources. What is served when it has been is test/browser/console/safety.spec.ts.
import { NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { BuiltPage } from '../pages/index.js';
import { ConsoleController } from './console.controller.js';

/** Notes what the controller says beside the body. */
class Reply {
  readonly headers = new Map<string, string>();
  code = 200;

  header(name: string, value: string): void {
    this.headers.set(name, value);
  }

  status(code: number): void {
    this.code = code;
  }
}

describe('ConsoleController, without a built page', () => {
  const controller = new ConsoleController(new BuiltPage(import.meta.dirname, 'console'));

  it('answers 503 and says how to build it', () => {
    const reply = new Reply();
    expect(controller.document(reply)).toContain('npm run build:console');
    expect(reply.code).toBe(503);
    expect(reply.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(reply.headers.get('Cache-Control')).toBe('no-cache');
  });

  it('has no files', () => {
    for (const name of ['index.js', 'console.controller.ts', '../console.controller.ts']) expect(() => controller.asset(name, new Reply())).toThrow(NotFoundException);
  });
});
