// The blocks that the walk does not run: by what they are shown otherwise. Why not is said by their mark `no-run`, on the page.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { installArchive, installForExample, linkPackages } from '../../package/packed-example.js';
import type { Walk } from './walk.js';

/** What `npm pack` makes in the checkout. */
const ARCHIVE = 'chatapi-delivery-0.1.0.tgz';

export interface NotRun {
  readonly page: string;
  /** Its first line begins with it. */
  readonly begins: string;
  /** The test that does the same in another way, or the step of `npm run verify` that it is. */
  readonly shownBy: string;
  /** What the walk does in its place, where something that comes later needs it. */
  readonly standIn?: (walk: Walk) => Promise<void>;
}

export const NOT_RUN: readonly NotRun[] = [
  { page: 'README.md', begins: 'npm run verify', shownBy: 'scripts/verify.mjs' },
  { page: 'README.md', begins: 'npm test', shownBy: 'scripts/verify.mjs' },
  { page: 'docs/getting-started.md', begins: 'npm install ../chatapi-delivery', shownBy: 'test/package/package.spec.ts', standIn: installPacked },
  { page: 'docs/benchmarks.md', begins: 'npm run bench                               # all workloads', shownBy: 'docs/benchmarks.md' },
  { page: 'docs/deployment.md', begins: 'docker build', shownBy: 'test/deploy/manifests.spec.ts' },
  { page: 'docs/deployment.md', begins: 'cd deploy/compose', shownBy: 'test/deploy/manifests.spec.ts' },
  { page: 'docs/deployment.md', begins: 'kubectl kustomize', shownBy: 'test/deploy/manifests.spec.ts' },
  { page: 'docs/testing.md', begins: 'npx vitest run --project load', shownBy: 'scripts/verify.mjs' },
  { page: 'examples/nest-app/README.md', begins: 'npm install', shownBy: 'test/package/package.spec.ts', standIn: installForNestApp },
];

/** What is listed of a block; undefined where nothing is. */
export function notRun({ page, text }: { readonly page: string; readonly text: string }): NotRun | undefined {
  return NOT_RUN.find((entry) => entry.page === page && text.startsWith(entry.begins));
}

/** Installs the archive that `npm pack` has just made; everything else comes from this project instead of the registry. */
async function installPacked(walk: Walk): Promise<void> {
  const directory = await walk.variable('PWD');
  await installArchive(join(walk.checkout.directory, ARCHIVE), directory);
  await linkPackages(['@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify', 'reflect-metadata', 'rxjs', 'typescript', '@types/node'], directory);
  await symlink('../typescript/bin/tsc', join(directory, 'node_modules/.bin/tsc'));
}

/** The same for the example, which the terminal is in. Its commands npm finds in the directories above, too. */
async function installForNestApp(walk: Walk): Promise<void> {
  await installForExample(join(walk.checkout.directory, ARCHIVE), 'examples/nest-app', await walk.variable('PWD'));
}
