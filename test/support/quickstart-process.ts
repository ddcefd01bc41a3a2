// `npm run quickstart` as a newcomer runs it, with its printed lines.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type Exit, PROJECT_ROOT } from './server-process.js';

/** Where a build may be part of the start. */
const START_TIMEOUT_MS = 120_000;

/** One run of the quickstart, with a data directory of its own that a second run may share. */
export class QuickstartProcess {
  private child: ChildProcess | undefined;
  private exit: Promise<Exit> | undefined;
  private ended = false;
  private text = '';

  private constructor(
    readonly port: number,
    private readonly dataDir: string,
  ) {}

  static async create(): Promise<QuickstartProcess> {
    return new QuickstartProcess(await freePort(), await mkdtemp(join(tmpdir(), 'chatapi-quickstart-')));
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** Everything that this run has printed. */
  get output(): string {
    return this.text;
  }

  /** Runs it with these settings, without waiting for anything. */
  run(settings: Readonly<Record<string, string>> = {}): this {
    this.text = '';
    this.ended = false;
    const child = spawn(process.execPath, ['scripts/quickstart.mjs'], {
      cwd: PROJECT_ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(this.port), DATA_DIR: this.dataDir, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (this.text += text.toString()));
    this.exit = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.ended = true;
        resolve({ code, signal });
      });
    });
    return this;
  }

  /** Runs it; resolves when it has printed everything. */
  async start(): Promise<this> {
    this.run();
    await eventually('the quickstart to print its lines', () => this.ended || this.text.includes('\n  curl '), START_TIMEOUT_MS);
    if (this.ended) throw new Error(`The quickstart ended:\n${this.text}`);
    return this;
  }

  /** The text, without the indentation, of the first printed line that begins with `beginning`. */
  line(beginning: string): string {
    const found = this.text.split('\n').find((line) => line.trimStart().startsWith(beginning));
    if (found === undefined) throw new Error(`No line begins with "${beginning}":\n${this.text}`);
    return found.trim();
  }

  /** Resolves with how it ended, when it has. */
  finished(): Promise<Exit> {
    if (this.exit === undefined) throw new Error('The quickstart was not started');
    return this.exit;
  }

  /** Sends it a signal; resolves with how it ended. */
  stop(signal: NodeJS.Signals): Promise<Exit> {
    this.child?.kill(signal);
    return this.finished();
  }

  /** Ends it if it still runs, and removes its data. */
  async destroy(): Promise<void> {
    if (this.exit !== undefined && !this.ended) await this.stop('SIGTERM');
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
