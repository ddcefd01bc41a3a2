// The server as its users run it: a process of its own, with its settings in the environment and its data in a directory.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Api } from './api.js';
import { adminToken, JWT_SECRET } from './tokens.js';

/** Where `npm run build` puts the server. */
export const PROJECT_ROOT = join(import.meta.dirname, '..', '..');

const START_TIMEOUT_MS = 60_000;
const OUTPUT_KEPT = 20_000;

/** Limits that would get in the way of tests about something else, and intervals short enough not to wait for. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  HOST: '127.0.0.1',
  PORT: '0',
  JWT_SECRET,
  LOG_FORMAT: 'json',
  LOG_LEVEL: 'info',
  ALLOWED_ORIGINS: '*',
  ACK_INTERVAL_MS: '50',
  ACK_SETTLE_MS: '100',
  PRESENCE_GRACE_SECONDS: '1',
  SHUTDOWN_DRAIN_SECONDS: '0',
  RATE_LIMIT_MAX: '1000000',
  AUTH_FAILURES_PER_MINUTE: '1000000',
};

/** How the process is started and watched, beyond its settings. */
export interface ProcessOptions {
  /** Arguments for Node, before the script. */
  nodeArguments?: readonly string[];
  /** Whether it gets a channel for {@link ServerProcess.ask}. */
  channel?: boolean;
  /** What starts it, and what that is given before Node's own command. */
  launcher?: readonly string[];
  /** Called with every line of its output. */
  onLine?: (line: string) => void;
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
// Vitest ends a worker that hangs in this way; without a listener there would be no `exit`.
process.once('SIGTERM', () => process.exit(143));

/** A server that can be started, killed and started again, on the same port and the same data. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private exit: Promise<Exit> | undefined;
  private listeningPort = 0;
  private dataDirectory: string | undefined;
  private log = '';

  constructor(
    private readonly settings: Readonly<Record<string, string>> = {},
    private readonly options: ProcessOptions = {},
  ) {}

  /** Where it listens; the same after a restart. */
  get port(): number {
    return this.listeningPort;
  }

  get host(): string {
    return this.settings.HOST ?? '127.0.0.1';
  }

  get origin(): string {
    return `http://${this.host}:${this.listeningPort}`;
  }

  /** The API with a token of scope `admin`. */
  get admin(): Api {
    return this.api(adminToken());
  }

  /** The newest output of the process. */
  get output(): string {
    return this.log;
  }

  get dataDir(): string {
    if (this.dataDirectory === undefined) throw new Error('The server was not started');
    return this.dataDirectory;
  }

  api(token: string): Api {
    return new Api(this.origin, token);
  }

  /** Starts it; resolves when it listens. */
  async start(): Promise<this> {
    this.dataDirectory ??= await mkdtemp(join(tmpdir(), 'chatapi-test-'));
    const { nodeArguments = [], launcher = [], channel = false } = this.options;
    const [program, ...programArguments] = [...launcher, process.execPath, ...nodeArguments, 'dist/main.js'];
    const child = spawn(program, programArguments, {
      cwd: PROJECT_ROOT,
      env: {
        PATH: process.env.PATH,
        ...DEFAULT_SETTINGS,
        DATA_DIR: this.dataDirectory,
        ...this.settings,
        ...(this.listeningPort !== 0 && { PORT: String(this.listeningPort) }),
      },
      stdio: ['ignore', 'pipe', 'pipe', channel ? 'ipc' : 'ignore'],
    });
    this.child = child;
    running.add(child);
    this.exit = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      });
    });
    this.listeningPort = await this.listening(child, this.exit);
    return this;
  }

  /**
   * Asks what a preloaded module answers over the process's channel, one question at a time.
   *
   * @throws Error when the process ends before it has answered
   */
  async ask<T>(question: string): Promise<T> {
    const { child, exit } = this;
    if (child === undefined || exit === undefined) throw new Error('The server was not started');
    const answered = once(child, 'message');
    child.send(question);
    const ended = exit.then(() => Promise.reject(new Error(`The server ended before it answered ${question}\n${this.log}`)));
    const [answer] = (await Promise.race([answered, ended])) as [T];
    return answer;
  }

  /** The process's id; undefined before it was started. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether the process runs. */
  get isRunning(): boolean {
    return this.child !== undefined && running.has(this.child);
  }

  /** Asks it to end (SIGTERM) and resolves when it has. */
  async stop(): Promise<Exit> {
    return this.end('SIGTERM');
  }

  /** Ends it as a crash would (SIGKILL). */
  async kill(): Promise<Exit> {
    return this.end('SIGKILL');
  }

  /** Asks it to end without waiting; resolves, when awaited, with how it ended. */
  signal(signal: NodeJS.Signals): Promise<Exit> {
    return this.end(signal);
  }

  /** Stops it in order and starts it again, on the same port and data. */
  async restart(): Promise<this> {
    await this.stop();
    return this.start();
  }

  /** Ends it whatever it is doing, and removes its data. */
  async destroy(): Promise<void> {
    if (this.child !== undefined) await this.kill();
    if (this.dataDirectory !== undefined) await rm(this.dataDirectory, { recursive: true, force: true });
  }

  private end(signal: NodeJS.Signals): Promise<Exit> {
    if (this.child === undefined || this.exit === undefined) throw new Error('The server was not started');
    this.child.kill(signal);
    return this.exit;
  }

  /** The port, from the line of the log that announces it. */
  private listening(child: ChildProcess, exit: Promise<Exit>): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why}\n${this.log}`));
      const timer = setTimeout(() => fail(`The server did not listen within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
      void exit.then(({ code, signal }) => {
        clearTimeout(timer);
        fail(`The server ended (${signal ?? code}) before it listened`);
      });
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          this.log = `${this.log}${line}\n`.slice(-OUTPUT_KEPT);
          this.options.onLine?.(line);
          const port = announcedPort(line);
          if (port === undefined) return;
          clearTimeout(timer);
          resolve(port);
        });
      }
    });
  }
}

function announcedPort(line: string): number | undefined {
  if (!line.includes('"listening"')) return undefined;
  const { msg, port } = JSON.parse(line) as { msg?: unknown; port?: unknown };
  return msg === 'listening' && typeof port === 'number' ? port : undefined;
}
