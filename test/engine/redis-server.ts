// Redis servers of our own, for tests: on a free port, with nothing kept on disk.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../support/free-port.js';

/** A server that answers. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server; rejects with what it said when it does not come up. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await untilReady(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('The output of redis-server is not read');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return;
    }
  }
  throw new Error(`redis-server ended: ${lines.join('\n')}`);
}
