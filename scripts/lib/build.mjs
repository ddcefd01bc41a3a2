// The build: made when it is missing, or older than a source.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNpm } from './run.mjs';

/** What the server and its command line are started from, the API's documents, and the pages. */
const BUILT = ['dist/main.js', 'dist/cli/main.js', 'dist/docs/documents/openapi.json', 'dist/docs/page/index.html', 'dist/console/page/index.html'];

/** Where the sources are. */
const SOURCES = ['src', 'web', 'scripts/api-documents'];

/** Files outside of them that the build depends on. */
const BUILD_SETTINGS = ['package.json', 'scripts/api-documents.mjs', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/**
 * Builds if need be.
 *
 * @throws Error when the build fails
 */
export async function ensureBuilt() {
  if (isBuilt()) return;
  process.stdout.write('Building.\n');
  const code = await runNpm(['run', '--silent', 'build']);
  if (code !== 0) throw new Error(`The build failed (exit code ${code}); its message is above.`);
}

function isBuilt() {
  const builds = BUILT.map((file) => statSync(join(ROOT, file), { throwIfNoEntry: false }));
  if (builds.includes(undefined)) return false;
  return Math.min(...builds.map(({ mtimeMs }) => mtimeMs)) > newestSource();
}

function newestSource() {
  const sources = SOURCES.flatMap((directory) => readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = [...sources.map(({ parentPath, name }) => join(parentPath, name)), ...BUILD_SETTINGS.map((name) => join(ROOT, name))];
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
