// The `chatapi` command as its users run it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { type Exit, PROJECT_ROOT } from '../support/server-process.js';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One run of a program of the project. */
export class CliProcess {
  stdout = '';
  stderr = '';
  readonly exit: Promise<Exit>;
  private readonly child: ChildProcess;

  /** `environment` is all it has, but for PATH. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd = PROJECT_ROOT, program = 'dist/cli/main.js') {
    this.child = spawn(process.execPath, [join(PROJECT_ROOT, program), ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.child);
    this.child.stdout?.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.stderr += text.toString()));
    this.exit = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this.child);
      return { code, signal };
    });
  }

  /** The lines of its standard output so far, as JSON. */
  get lines(): Record<string, unknown>[] {
    return this.stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves when a line of its standard output is an object with these members. */
  line(members: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const wanted = Object.entries(members);
    return eventually(`a line with ${JSON.stringify(members)}`, () => this.lines.find((line) => wanted.every(([name, value]) => line[name] === value)));
  }

  signal(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exit;
  }
}

/** What a run came to. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `chatapi` to its end. */
export async function chatapi(args: readonly string[], environment?: Readonly<Record<string, string>>, cwd?: string): Promise<Outcome> {
  const run = new CliProcess(args, environment, cwd);
  const { code } = await run.exit;
  return { code, stdout: run.stdout, stderr: run.stderr };
}
