// Running programs in the project's directory, with their output on this terminal.
import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';

/** The project's directory. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** The exit code of a program that a signal ended, or that could not be started. */
const FAILED = 1;

/**
 * Runs a program; resolves with its exit code, whatever that is.
 *
 * @param {string} program
 * @param {string[]} programArguments
 * @param {{ env?: Record<string, string | undefined>, shell?: boolean }} [options] `env` is added to the environment
 * @returns {Promise<number>}
 */
export function run(program, programArguments, { env = {}, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'], shell });
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`);
      resolve(FAILED);
    });
    child.once('close', (code) => resolve(code ?? FAILED));
  });
}

/** Runs a JavaScript file of an installed package with this Node.js, such as `@nestjs/cli/bin/nest.js`. */
export function runPackage(path, programArguments, options) {
  return run(process.execPath, [join(ROOT, 'node_modules', path), ...programArguments], options);
}

/** Runs npm: the one that started this program, or the one on the path. */
export function runNpm(npmArguments) {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && basename(npm) === 'npm-cli.js') return run(process.execPath, [npm, ...npmArguments]);
  // On Windows npm is a command file, which only a shell starts.
  return run('npm', npmArguments, { shell: process.platform === 'win32' });
}
