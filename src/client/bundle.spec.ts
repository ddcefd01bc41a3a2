// What an application's bundle grows by.
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

/** The size that docs/client.md promises. */
const MOST_BYTES = 6 * 1024;

async function bundle(entry: string): Promise<string> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: join(import.meta.dirname, entry), preserveEntrySignatures: 'strict', output: { minify: true } } },
  })) as Rolldown.RolldownOutput;
  expect(output.map(({ type }) => type)).toEqual(['chunk']);
  return output[0].code;
}

describe('the whole library, minified', () => {
  it('is at most 6 KB gzipped, and imports nothing', async () => {
    const code = await bundle('index.ts');
    expect(gzipSync(code).length).toBeLessThanOrEqual(MOST_BYTES);
    expect(code).toContain('chatapi.v1');
    expect(code).not.toMatch(/\bimport\b/);
  });

  it('leaves out what an application does not use', async () => {
    expect((await bundle('client-error.ts')).length).toBeLessThan(1_000);
  });
});
