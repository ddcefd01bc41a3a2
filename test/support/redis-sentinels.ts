// Sentinels of our own, that watch a master and make a replica the next one when it ends.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import type { RedisProcess } from './redis-process.js';

const COUNT = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 1_000;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Three Sentinels, two of which have to agree. */
export class RedisSentinels {
  static readonly NAME = 'chat';
  private readonly sentinels: { readonly port: number; readonly child: ChildProcess }[] = [];
  private directory = '';

  constructor(private readonly master: RedisProcess) {}

  /** REDIS_URL of the store. */
  get url(): string {
    return `redis://${this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}?master=${RedisSentinels.NAME}`;
  }

  /** The first Sentinel, as if it were a server. */
  get firstUrl(): string {
    return `redis://127.0.0.1:${this.sentinels[0].port}`;
  }

  /** Resolves when they know each other and so many replicas. */
  async start(replicas = 1): Promise<this> {
    this.directory = await mkdtemp(join(tmpdir(), 'chatapi-sentinels-'));
    for (let i = 0; i < COUNT; i++) this.sentinels.push(await this.startOne(i));
    for (const { port } of this.sentinels) {
      await eventually('each Sentinel to know the others and the replicas', async () => {
        const [entry] = (await ask(port, 'SENTINEL', 'MASTERS').catch(() => [])) as string[][];
        const known = new Map((entry ?? []).flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1]] as const] : [])));
        return known.get('num-other-sentinels') === String(COUNT - 1) && known.get('num-slaves') === String(replicas);
      });
    }
    return this;
  }

  /** The port of the master that they agree on. */
  async masterPort(): Promise<number> {
    const answers = await Promise.all(this.sentinels.map(({ port }) => ask(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', RedisSentinels.NAME)));
    const ports = answers.map((answer) => Number((answer as string[])[1]));
    return ports.every((port) => port === ports[0]) ? ports[0] : 0;
  }

  async destroy(): Promise<void> {
    for (const { child } of this.sentinels) {
      if (!running.has(child)) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    if (this.directory !== '') await rm(this.directory, { recursive: true, force: true });
  }

  private async startOne(i: number): Promise<{ port: number; child: ChildProcess }> {
    const port = await freePort();
    const path = join(this.directory, `sentinel-${i}.conf`);
    const { NAME } = RedisSentinels;
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${this.directory}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${this.master.port} ${QUORUM}`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ];
    await writeFile(path, `${lines.join('\n')}\n`);
    const child = spawn('redis-server', [path, '--sentinel'], { stdio: 'ignore' });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return { port, child };
  }
}

async function ask(port: number, ...command: string[]): Promise<unknown> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}
