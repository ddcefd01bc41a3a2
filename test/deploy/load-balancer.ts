// The load balancers of deploy/, as they are but for addresses.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { PROJECT_ROOT } from '../support/server-process.js';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGTERM')));

/** How one is started. */
export interface Kind {
  readonly file: string;
  readonly command: (config: string, directory: string) => [program: string, ...args: string[]];
}

export const NGINX: Kind = {
  file: 'deploy/nginx/nginx.conf',
  command: (config, directory) => ['nginx', '-c', config, '-p', directory, '-e', 'stderr', '-g', `daemon off; pid ${join(directory, 'nginx.pid')};`],
};

export const HAPROXY: Kind = {
  file: 'deploy/haproxy/haproxy.cfg',
  command: (config) => ['haproxy', '-f', config],
};

/** One that runs, before servers on ports of the loopback. */
export class LoadBalancer {
  port = 0;
  private child: ChildProcess | undefined;
  private directory = '';
  private log = '';

  constructor(private readonly kind: Kind) {}

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it takes connections. */
  async start(servers: readonly number[]): Promise<this> {
    this.directory = await mkdtemp(join(tmpdir(), 'chatapi-balancer-'));
    this.port = await freePort();
    let text = await readFile(join(PROJECT_ROOT, this.kind.file), 'utf8');
    servers.forEach((port, i) => (text = text.replaceAll(`node${i + 1}:8000`, `127.0.0.1:${port}`)));
    text = text.replace('listen 8080;', `listen 127.0.0.1:${this.port};`).replace('bind :8080', `bind 127.0.0.1:${this.port}`);
    const config = join(this.directory, 'config');
    await writeFile(config, text);
    const [program, ...args] = this.kind.command(config, this.directory);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [child.stdout, child.stderr]) output.on('data', (data: Buffer) => (this.log += data.toString()));
    // That there is no such program is told by the wait.
    child.once('error', (error) => (this.log += error.message));
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    await eventually(`${program} to listen; it says: ${this.log}`, () => this.answers());
    return this;
  }

  async destroy(): Promise<void> {
    if (this.child !== undefined && running.has(this.child)) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    if (this.directory !== '') await rm(this.directory, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
