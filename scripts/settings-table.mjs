// `node scripts/settings-table.mjs`: writes docs/settings.md anew, from the class that holds the settings.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

// The test that finds the page stale also renders it: asked to update its snapshot, it writes the page.
const root = join(import.meta.dirname, '..');
const vitest = spawn(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--update', '--project', 'unit', 'src/config/settings-page.spec.ts'], {
  cwd: root,
  stdio: 'inherit',
});
vitest.once('exit', (code) => process.exit(code ?? 1));
