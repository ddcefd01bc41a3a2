// Before the suites that start the server: build it, unless what was built is newer than its sources.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './server-process.js';

/** Called once by Vitest before a project's first file. */
export default function buildServer(): void {
  const built = statSync(join(PROJECT_ROOT, 'dist', 'main.js'), { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > newestSource()) return;
  execFileSync(process.execPath, [join(PROJECT_ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build'], {
    cwd: PROJECT_ROOT,
    stdio: 'inherit',
  });
}

function newestSource(): number {
  const sources = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = [...sources.map(({ parentPath, name }) => join(parentPath, name)), join(PROJECT_ROOT, 'package.json'), join(PROJECT_ROOT, 'tsconfig.json')];
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
