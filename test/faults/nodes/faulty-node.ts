// One of many servers over one Redis, with a network of its own between the two.
import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../../support/api.js';
import { ServerProcess } from '../../support/server-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { adminToken } from '../../support/tokens.js';
import type { FaultyStore } from './faulty-store.js';

/** How long a request may take before its caller gives up and tries another server, ms. */
const REQUEST_TIMEOUT_MS = 2_000;
const START_ATTEMPTS = 10;
const START_AGAIN_AFTER_MS = 500;
/** What subscribes to publications, as the line to Redis has it. */
const SUBSCRIPTION = 'ssubscribe';

/** A server that can be killed, or made to stand still, or be cut off from Redis. */
export class FaultyNode {
  isFrozen = false;
  /** All its connections to Redis, where the store can be reached through something. */
  readonly network: TcpProxy;
  private process: ServerProcess | undefined;

  constructor(
    readonly name: string,
    private readonly store: FaultyStore,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    this.network = new TcpProxy(() => store.port, SUBSCRIPTION);
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

  async open(): Promise<void> {
    await this.network.listen();
    this.process = new ServerProcess({ ENGINE: 'redis', REDIS_URL: this.store.urlThrough(this.network.port), ...this.settings });
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
    await this.network.close();
  }
}
