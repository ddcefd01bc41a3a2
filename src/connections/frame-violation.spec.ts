import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { violationCloseCode } from './frame-violation.js';

const library = join(createRequire(import.meta.url).resolve('ws/package.json'), '..', 'lib');

it('is what the library itself says of each of its errors', () => {
  const source = readFileSync(join(library, 'receiver.js'), 'utf8');
  const calls = [...source.matchAll(/createError\(\s*\w+,[^;]*?(\d{4}),\s*'(WS_ERR_\w+)'/g)].map(([, status, code]) => [code, Number(status)]);
  expect(calls.length).toBeGreaterThan(15);
  for (const [code, status] of calls) expect([code, violationCloseCode({ code } as NodeJS.ErrnoException)]).toEqual([code, status]);
});

it('is an invalid payload when that cannot be inflated', () => {
  expect(violationCloseCode({ code: 'Z_DATA_ERROR' } as NodeJS.ErrnoException)).toBe(1007);
});
