// The test suites, one project each. Everything but `unit` starts real processes, so those run one or two files at a time,
// against the server that was built before.
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const suite = (
  name: string,
  include: string[],
  testTimeout = 30_000,
  { maxWorkers = 1, exclude = [] }: { maxWorkers?: number; exclude?: string[] } = {},
): TestProjectInlineConfiguration => ({
  test: {
    name,
    include,
    exclude,
    environment: 'node',
    testTimeout,
    hookTimeout: 60_000,
    fileParallelism: maxWorkers > 1,
    maxWorkers,
    globalSetup: ['test/support/build.setup.mjs'],
  },
});

/** Busy from beginning to end, and measuring memory: each has the machine to itself. */
const LOAD = ['leaks', 'slow-readers', 'fuzz'].map((name) => `test/security/${name}.spec.ts`);

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.spec.ts', 'web/src/**/*.spec.ts', 'test/support/**/*.spec.ts'], environment: 'node', testTimeout: 60_000 } },
      suite('engine', ['test/engine/**/*.spec.ts'], 60_000, { maxWorkers: 2 }),
      suite('e2e', ['test/e2e/**/*.spec.ts']),
      // Much of it waits for windows and time-outs.
      suite('security', ['test/security/**/*.spec.ts'], 120_000, { maxWorkers: 2, exclude: LOAD }),
      suite('load', LOAD, 300_000),
      suite('clients', ['test/clients/**/*.spec.ts'], 60_000),
      suite('browser', ['test/browser/**/*.spec.ts'], 90_000),
      suite('package', ['test/package/**/*.spec.ts'], 120_000),
      suite('docs', ['test/docs/**/*.spec.ts'], 120_000),
      suite('deploy', ['test/deploy/**/*.spec.ts'], 120_000),
      suite('faults', ['test/faults/**/*.spec.ts'], 300_000),
    ],
  },
});
