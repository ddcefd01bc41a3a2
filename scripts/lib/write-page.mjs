// Writes a page of docs/ anew that is made from the sources.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The test that finds the page stale also renders it: asked to update its snapshot, it writes the page. Ends the process. */
export function writePage(spec) {
  const vitest = spawn(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--update', '--project', 'unit', spec], { cwd: root, stdio: 'inherit' });
  vitest.once('exit', (code) => process.exit(code ?? 1));
}
