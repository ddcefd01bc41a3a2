// One of many servers over one store, with a network of its own between the two.
import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../../support/api.js';
import { withClockAhead } from '../../support/clock-ahead.js';
import { ServerProcess } from '../../support/server-process.js';
import { adminToken } from '../../support/tokens.js';
import type { NodeNetwork } from './node-network.js';

/** How long a request may take before its caller gives up and tries another server, ms. */
const REQUEST_TIMEOUT_MS = 2_000;
const START_ATTEMPTS = 10;
const START_AGAIN_AFTER_MS = 500;

/** A server that can be killed, or made to stand still, and whose clock may be wrong. */
export class FaultyNode {
  readonly name: string;
  isFrozen = false;
  private process: ServerProcess | undefined;

  /** @param clockAheadMs how much its clock is ahead of ours */
  constructor(
    readonly index: number,
    private readonly settings: Readonly<Record<string, string>>,
    private readonly clockAheadMs: number,
  ) {
    this.name = `server ${index + 1}`;
  }

  get server(): ServerProcess {
    if (this.process === undefined) throw new Error(`${this.name} was not started`);
    return this.process;
  }

  /** Whether anybody would try to reach it. */
  get isUsable(): boolean {
    return this.server.isRunning && !this.isFrozen;
  }

  /** The API with a token of scope `admin`; what is not answered in time rejects. */
  get admin(): Api {
    return new Api(this.server.origin, adminToken(), {}, REQUEST_TIMEOUT_MS);
  }

  async open({ url, host, launcher = [] }: NodeNetwork): Promise<void> {
    const settings = { ENGINE: 'redis', REDIS_URL: url, ...(host !== undefined && { HOST: host }), ...this.settings };
    this.process = new ServerProcess(settings, { nodeArguments: withClockAhead(this.clockAheadMs), launcher });
    await this.process.start();
  }

  /** Starts it again; while Redis is away too, over and over. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.server.start();
        return;
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
        await delay(START_AGAIN_AFTER_MS);
      }
    }
  }

  /** It does nothing more, and closes no connection, until {@link thaw}. */
  freeze(): void {
    this.isFrozen = true;
    void this.server.signal('SIGSTOP');
  }

  thaw(): void {
    void this.server.signal('SIGCONT');
    this.isFrozen = false;
  }

  async isHealthy(): Promise<boolean> {
    try {
      const { status } = await fetch(`${this.server.origin}/ws/health`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      return status === 200;
    } catch {
      return false;
    }
  }

  async destroy(): Promise<void> {
    await this.process?.destroy();
  }
}
