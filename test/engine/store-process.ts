// A second process with an embedded engine of its own, told line by line what to do.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./hold-store.mjs', import.meta.url));

export class StoreProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<unknown[]>;
  private readonly exited: Promise<unknown>;

  /** `fileBlocks` limits the size of every file that the process writes, in blocks of 1024 bytes. */
  constructor(dataDir: string, fileBlocks: number | 'unlimited' = 'unlimited') {
    this.child = spawn('bash', ['-c', `ulimit -f ${fileBlocks} && exec "$0" "$1" "$2"`, process.execPath, SCRIPT, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = once(this.child, 'exit');
    const output = createInterface({ input: this.child.stdout });
    this.lines = on(output, 'line', { close: ['close'] });
  }

  /** The next line that it says; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.lines.next();
    return done === true ? undefined : String(value[0]);
  }

  /** Lets it append one notification of so many bytes; resolves with what it says. */
  append(bytes: number): Promise<string | undefined> {
    this.child.stdin.write(`${bytes}\n`);
    return this.line();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
