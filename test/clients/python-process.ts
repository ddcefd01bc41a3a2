// A Python program that connects, prints frames as lines, and closes when it is told to.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Frame } from '../support/frame.js';

const PYTHON = '/usr/bin/python3';

/** Why the package cannot be used here; undefined when it can. */
export function missing(packageName: string): string | undefined {
  const { error, status } = spawnSync(PYTHON, ['-c', `import ${packageName}`]);
  if (error !== undefined) return `${PYTHON} is not there`;
  return status === 0 ? undefined : `${PYTHON} has no package ${packageName}`;
}

/** One run of one of the programs in python/. */
export class PythonProcess {
  readonly frames: Frame[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  private errors = '';

  constructor(program: string, url: string) {
    this.child = spawn(PYTHON, [join(import.meta.dirname, 'python', program), url]);
    this.child.stderr.on('data', (text: Buffer) => (this.errors += text.toString()));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.frames.push(JSON.parse(line) as Frame));
  }

  /** Tells it to close its connection; resolves when it has ended. */
  async finish(): Promise<void> {
    this.child.stdin.write('\n');
    const [code] = (await once(this.child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`The program ended with ${code}: ${this.errors}`);
  }

  /** Ends it whatever it is doing. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
