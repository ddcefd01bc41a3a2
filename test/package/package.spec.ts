// What npm packs, as a team that installs it gets to see it: an example application that has nothing but the packed files.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest, PackedExample } from './packed-example.js';

const EXAMPLE = 'examples/nest-app';

let example: PackedExample;

beforeAll(async () => {
  example = await PackedExample.install(EXAMPLE);
});
afterAll(() => example.remove());

describe('the package', () => {
  it('holds the build, and neither sources nor tests', () => {
    const { files } = example;
    for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'dist/docs/documents/openapi.json', 'dist/docs/documents/asyncapi.json', 'dist/docs/page/index.html', 'dist/console/page/index.html']) expect(files).toContain(file);
    const unexpected = files.filter((file) => /^(dist\/)?(src|test|bench|examples|web)\/|\.spec\.|(?<!\.d)\.ts$|\.tsbuildinfo$/.test(file));
    expect(unexpected).toEqual([]);
  });

  it('has every file that its manifest names', async () => {
    const { main, types, bin, exports } = JSON.parse(await readFile(join(example.directory, 'node_modules/@chatapi/delivery/package.json'), 'utf8')) as Record<string, unknown>;
    const named = [main, types, bin, exports].flatMap(paths).map((path) => path.replace(/^\.\//, ''));
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((path) => !example.files.includes(path))).toEqual([]);
  });

  it('is what the example imports, through its one door', async () => {
    const script = "console.log(import.meta.resolve('@chatapi/delivery')); const { ChatDeliveryModule } = await import('@chatapi/delivery'); console.log(typeof ChatDeliveryModule.forRootAsync);";
    const { code, output } = await example.node('--input-type=module', '-e', script);
    expect({ code, lines: output.trim().split('\n') }).toEqual({
      code: 0,
      lines: [`file://${example.directory}/node_modules/@chatapi/delivery/dist/index.js`, 'function'],
    });
    const behind = await example.node('--input-type=module', '-e', "await import('@chatapi/delivery/dist/main.js')");
    expect(behind.output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('serves its pages, and the documents of its API', async () => {
    const script = `
      import { NestFactory } from '@nestjs/core';
      import { ChatDeliveryModule, createHttpAdapter, DeliveryWsAdapter } from '@chatapi/delivery';
      const settings = { dataDir: './served', jwtSecret: 'a-secret-of-the-tests-that-is-long-enough' };
      const app = await NestFactory.create({ module: class {}, imports: [ChatDeliveryModule.forRoot(settings)] }, createHttpAdapter(), { logger: false, abortOnError: false });
      app.useWebSocketAdapter(new DeliveryWsAdapter(app));
      await app.listen(0, '127.0.0.1');
      for (const path of ['console', 'docs', 'docs/openapi.json', 'docs/asyncapi.json']) {
        const { status, headers } = await fetch((await app.getUrl()) + '/' + path);
        console.log(path, status, headers.get('content-type'));
      }
      await app.close();`;
    await writeFile(join(example.directory, 'serve.mjs'), script);
    const { code, output } = await example.node('serve.mjs');
    expect({ code, lines: output.trim().split('\n') }).toEqual({
      code: 0,
      lines: ['console 200 text/html; charset=utf-8', 'docs 200 text/html; charset=utf-8', 'docs/openapi.json 200 application/json; charset=utf-8', 'docs/asyncapi.json 200 application/json; charset=utf-8'],
    });
  });

  it('has a command line that starts', async () => {
    const { code, output } = await example.node('node_modules/@chatapi/delivery/dist/cli/main.js', '--help');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('chatapi') as string });
  });
});

describe('the example', () => {
  it('asks for the versions that this project has', async () => {
    const [ours, theirs] = [await manifest(), await manifest(EXAMPLE)];
    const known: Record<string, string> = { ...ours.devDependencies, ...ours.dependencies };
    const asked = Object.entries({ ...theirs.dependencies, ...theirs.devDependencies }).filter(([name]) => name !== '@chatapi/delivery');
    expect(asked.filter(([name, version]) => known[name] !== version)).toEqual([]);
  });

  it('compiles against the packed declarations', async () => {
    const { code, output } = await example.node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json');
    expect({ code, output }).toEqual({ code: 0, output: '' });
  });

  it('passes its own end-to-end test', async () => {
    const { code, output } = await example.node('node_modules/vitest/vitest.mjs', 'run');
    expect(output).toMatch(/Tests\s+5 passed \(5\)/);
    expect(code).toBe(0);
  });
});

/** Every path in a part of the manifest. */
function paths(part: unknown): string[] {
  if (typeof part === 'string') return part.startsWith('./') ? [part] : [];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(paths) : [];
}
