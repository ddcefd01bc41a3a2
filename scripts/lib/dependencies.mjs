// The npm packages: installed when one that package-lock.json names is missing, or there in another version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNpm } from './run.mjs';

const PROGRESS_INTERVAL_MS = 20_000;

/**
 * Installs what is missing.
 *
 * @throws Error when npm fails
 */
export async function ensureDependencies() {
  if (dependenciesAreInstalled()) return;
  process.stdout.write('Installing packages. Where SQLite has no ready binary it is compiled, which takes a minute or two.\n');
  const began = Date.now();
  // npm draws its progress on terminals only.
  const progress = setInterval(() => process.stdout.write(`  still installing, ${Math.round((Date.now() - began) / 1000)} s\n`), PROGRESS_INTERVAL_MS);
  // With NODE_ENV=production npm would leave out the compiler. Its warnings are of packages that ask for a newer Node.js than they need.
  const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']).finally(() => clearInterval(progress));
  if (code !== 0) {
    throw new Error(`npm ci failed (exit code ${code}); its message is above. If SQLite did not compile: it needs python3, make and a C++ compiler.`);
  }
}

/** npm notes what it has installed when it is done, so an installation that broke off counts as none. */
export function dependenciesAreInstalled() {
  const wanted = lockedPackages('package-lock.json');
  const installed = lockedPackages(join('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Binaries for other systems are optional, and absent.
    if (installed[path] === undefined) return optional === true;
    return installed[path].version === version;
  });
}

function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
