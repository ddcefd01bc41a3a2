// A durable Redis of our own, that can be ended and started again on the same port and the same data.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'redis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Every write is on disk before it is answered; or nothing is but what `SAVE` writes. */
export class RedisProcess {
  private child: ChildProcess | undefined;
  private directory = '';
  port = 0;

  constructor(
    private readonly durable = true,
    private readonly master?: RedisProcess,
    private readonly options: readonly string[] = [],
    private readonly encrypted = false,
  ) {}

  get url(): string {
    return `redis${this.encrypted ? 's' : ''}://127.0.0.1:${this.port}`;
  }

  /** Resolves when it answers. */
  async start(): Promise<this> {
    if (this.directory === '') {
      this.directory = await mkdtemp(join(tmpdir(), 'chatapi-redis-'));
      this.port = await freePort();
    }
    const where = ['--port', this.encrypted ? '0' : String(this.port), ...(this.encrypted ? ['--tls-port', String(this.port)] : []), '--bind', '127.0.0.1', '--dir', this.directory];
    const replicated = ['--repl-diskless-sync-delay', '0'];
    const kept = ['--save', '', '--appendonly', this.durable ? 'yes' : 'no', '--appendfsync', 'always'];
    const replica = this.master === undefined ? [] : ['--replicaof', '127.0.0.1', String(this.master.port)];
    const child = spawn('redis-server', [...where, ...kept, ...replicated, ...replica, ...this.options], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (!line.includes('Ready to accept connections')) continue;
      child.stdout.resume();
      return this;
    }
    throw new Error(`redis-server ended: ${lines.join('\n')}`);
  }

  /** Resolves when a replica has everything that its master had. */
  async synchronized(): Promise<void> {
    await eventually('the replica to follow its master', async () => String(await this.command('INFO', 'replication')).includes('master_link_status:up'));
  }

  /** Ends the links of its replicas, for good: until it ends, none of them is let in again. */
  async cutReplicas(): Promise<void> {
    await this.command('CONFIG', 'SET', 'repl-timeout', 5);
    await this.command('ACL', 'SETUSER', 'default', '-psync', '-sync');
    await this.command('CLIENT', 'KILL', 'TYPE', 'replica');
  }

  /** Its answer to one command. */
  async command(...args: (string | number)[]): Promise<unknown> {
    const client = createClient({ url: this.url, RESP: 2, socket: { reconnectStrategy: false } });
    // What goes wrong is told by the promises.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(args.map(String));
    } finally {
      client.destroy();
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || !running.has(child)) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** It answers nobody, and closes no connection, until {@link thaw}. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it and removes its data. */
  async destroy(): Promise<void> {
    this.thaw();
    await this.kill();
    if (this.directory !== '') await rm(this.directory, { recursive: true, force: true });
  }
}
