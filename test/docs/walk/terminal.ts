// A newcomer's terminals: what is pasted into the first one, in order, and what goes on running in others.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Network } from './network.js';

/** A build may be part of it. */
const BACKGROUND_READY_MS = 120_000;
/** A fault test may be. */
const FOREGROUND_MS = 240_000;
const LEFT_BEHIND_MS = 1_000;

/** Each block is a shell of its own, which begins where the one before ended: directory, functions, and variables, which all are exported. */
const SHELL = `
  source "$WALK_STATE/variables"; cd "$(cat "$WALK_STATE/directory")"
  trap 'code=$?; { export -p; declare -f; } > "$WALK_STATE/variables"; pwd > "$WALK_STATE/directory"; exit $code' EXIT
  set -eo pipefail -a
`;
const BACKGROUND_SHELL = `source "$WALK_STATE/variables"; cd "$(cat "$WALK_STATE/directory")"; set -eo pipefail -a\n`;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => signalGroup(child, 'SIGKILL')));

/** A program's group, as a terminal's Ctrl-C reaches it. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(pid as number), signal);
  } catch {
    // It has ended.
  }
}

export class Terminal {
  /** What everything has printed since the last {@link clear}. */
  output = '';
  private readonly background = new Map<ChildProcess, string>();

  private constructor(
    private readonly network: Network,
    private readonly state: string,
  ) {}

  static async open(network: Network, directory: string): Promise<Terminal> {
    const state = await mkdtemp(join(tmpdir(), 'chatapi-terminal-'));
    await writeFile(join(state, 'variables'), '');
    await writeFile(join(state, 'directory'), directory);
    return new Terminal(network, state);
  }

  clear(): void {
    this.output = '';
  }

  /**
   * Runs commands to their end; a command that fails ends them.
   *
   * @throws Error when they fail, with everything that they printed
   */
  async run(commands: string): Promise<void> {
    const child = this.spawn(SHELL + commands);
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), FOREGROUND_MS);
    const closed = once(child, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(timer);
    // What it has printed, unless it has left something behind that holds its output open.
    await Promise.race([closed, delay(LEFT_BEHIND_MS, undefined, { ref: false })]);
    if (code !== 0) throw new Error(`Exit code ${code ?? signal} of:\n${commands}\n\n${this.output}`);
  }

  /** Starts commands in a terminal of their own, and resolves when they have printed `ready`. */
  async start(commands: string, ready: string): Promise<void> {
    const child = this.spawn(BACKGROUND_SHELL + commands);
    this.background.set(child, commands);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
    await eventually(`"${ready}" of:\n${commands}`, () => {
      if (child.exitCode !== null) throw new Error(`Exit code ${child.exitCode} of:\n${commands}\n\n${output}`);
      return output.includes(ready);
    }, BACKGROUND_READY_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n\n${output}`);
    });
  }

  /** Resolves when anything of it has printed `text` since the last {@link clear}. */
  async sees(text: string): Promise<void> {
    await eventually(`"${text}" to be printed`, () => this.output.includes(text)).catch((error: Error) => {
      throw new Error(`${error.message}\n\n${this.output}`);
    });
  }

  /** Ctrl-C in the other terminals, the newest first: what was started last depends on what was before. */
  async interrupt(): Promise<void> {
    for (const child of [...this.background.keys()].reverse()) {
      if (running.has(child)) {
        signalGroup(child, 'SIGINT');
        await once(child, 'close');
      }
      this.background.delete(child);
    }
  }

  async close(): Promise<void> {
    await this.interrupt();
    await rm(this.state, { recursive: true, force: true });
  }

  private spawn(script: string): ChildProcess {
    const [program, ...args] = [...this.network.launcher, 'bash', '--noprofile', '--norc', '-c', script];
    // A home of its own: what a newcomer has not set is not set.
    const child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: this.state, WALK_STATE: this.state, NO_COLOR: '1', npm_config_update_notifier: 'false' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    child.once('close', () => running.delete(child));
    return child;
  }
}
