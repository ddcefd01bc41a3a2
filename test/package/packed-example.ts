// The package as npm packs it, installed into a copy of an example, beside what npm would install with it.
import { execFile, spawn } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** How a program ended, and everything that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The `package.json` of a directory of this project; its own when none is named. */
export async function manifest(directory = ''): Promise<Manifest> {
  return JSON.parse(await readFile(join(ROOT, directory, 'package.json'), 'utf8')) as Manifest;
}

/** A directory of its own in the system's, with nothing of this project above it. */
export class PackedExample {
  private constructor(
    readonly directory: string,
    /** The packed files, relative to the package. */
    readonly files: readonly string[],
  ) {}

  /** Packs what is built and installs it. What else npm would install is linked from this project, which has the same versions. */
  static async install(example: string): Promise<PackedExample> {
    const directory = await mkdtemp(join(tmpdir(), 'chatapi-package-'));
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
    const packed: unknown = JSON.parse(stdout);
    const [{ filename, files }] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as { filename: string; files: { path: string }[] }[];
    await cp(join(ROOT, example), directory, { recursive: true, filter: (path) => !/\/(node_modules|dist|data)$/.test(path) });
    await installForExample(join(directory, filename), example, directory);
    return new PackedExample(directory, files.map(({ path }) => path));
  }

  /** Runs a program of Node's in it. */
  node(...args: string[]): Promise<Ended> {
    // Of the environment only what programs need: a Vitest in it must not take itself for a part of this one.
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, args, { cwd: this.directory, env: { PATH, HOME, CI: '1', NO_COLOR: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Installs what npm packed, and what else an example asks for, into a copy of the example. */
export async function installForExample(archive: string, example: string, directory: string): Promise<void> {
  await installArchive(archive, directory);
  const { dependencies, devDependencies } = await manifest(example);
  await linkPackages([...Object.keys(dependencies), ...Object.keys(devDependencies)], directory);
}

/** Installs what npm packed, and its commands; what else npm would install with it is linked from this project, which has the same versions. */
export async function installArchive(archive: string, directory: string): Promise<void> {
  const installed = join(directory, 'node_modules/@chatapi/delivery');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', installed, '--strip-components=1']);
  const commands = join(directory, 'node_modules/.bin');
  await mkdir(commands, { recursive: true });
  await symlink('../@chatapi/delivery/dist/cli/main.js', join(commands, 'chatapi'));
  await chmod(join(installed, 'dist/cli/main.js'), 0o755);
  await linkPackages(await productionPackages(), directory);
}

/** Links packages of this project into another one's `node_modules`, where they are not there already. */
export async function linkPackages(names: readonly string[], directory: string): Promise<void> {
  for (const name of names) await link(name, directory);
}

/** What is installed with the package: of what the lock names, all but what is for development alone. */
async function productionPackages(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path, { dev = false, devOptional = false }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && !devOptional)
    .map(([path]) => path.slice('node_modules/'.length));
}

/** Nothing for what is not installed on this platform. */
async function link(name: string, directory: string): Promise<void> {
  const source = join(ROOT, 'node_modules', name);
  const target = join(directory, 'node_modules', name);
  const exists = (path: string): Promise<boolean> => lstat(path).then(() => true, () => false);
  if (!(await exists(source)) || (await exists(target))) return;
  await mkdir(dirname(target), { recursive: true });
  await symlink(source, target);
}
