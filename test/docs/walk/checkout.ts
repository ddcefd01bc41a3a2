// A copy of the project as a newcomer has it after the installation and the build, which verify has done already.
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dependenciesAreInstalled } from '../../../scripts/lib/dependencies.mjs';
import { PROJECT_ROOT } from '../../support/server-process.js';

/** What a checkout does not hold; `dist/` is taken along. */
const NOT_COPIED = /^(\.git|node_modules|data|reports|coverage|\.env|docs\/api|docs\/\.vitepress\/(dist|\.temp))$/;

export class Checkout {
  private constructor(
    private readonly parent: string,
    readonly directory: string,
  ) {}

  /** Times are kept, so what is built is as new as it was. */
  static async make(): Promise<Checkout> {
    // What quickstart would install in the copy, it would install in this project.
    if (!dependenciesAreInstalled()) throw new Error('The installed packages are not those of package-lock.json: run "npm ci" first.');
    const parent = await mkdtemp(join(tmpdir(), 'chatapi-walk-'));
    const directory = join(parent, 'chatapi-delivery');
    await cp(PROJECT_ROOT, directory, { recursive: true, preserveTimestamps: true, filter: (path) => !NOT_COPIED.test(relative(PROJECT_ROOT, path)) });
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(directory, 'node_modules'));
    return new Checkout(parent, directory);
  }

  async remove(): Promise<void> {
    await rm(this.parent, { recursive: true, force: true });
  }
}
