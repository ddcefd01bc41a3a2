// A line to Redis that does not stay dead: what does not answer any more is replaced.
import { createClient } from 'redis';
import type { EntryOptions } from './redis-access.js';
import { within } from './within.js';

/** How often it is asked whether it still answers, and how long an answer may take before the line counts as dead, ms. A line that a network has swallowed says nothing by itself. */
const WATCH_INTERVAL_MS = 1_000;
export const DEAD_AFTER_MS = 3_000;
/** The waits between attempts to connect, ms: doubled up to the longest, each a little different so that nodes do not come all at once. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
const RETRY_JITTER_MS = 200;
/** How long a server may take to be reached when the process starts, and to answer what is still asked when it ends, ms. */
const OPEN_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 5_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

/** A line did not answer any more, and is replaced. */
export class SilentLineError extends Error {
  override name = 'SilentLineError';
}

/** What a line tells its owner. Must not throw. */
export interface LineListener {
  /** Something is wrong; the line comes back by itself. */
  failed(error: Error): void;
  /** It has been away and is back; `replaced` when it has forgotten its subscriptions. */
  resumed?(replaced: boolean): void;
  /** The server has ended the subscription of a channel: it is at another one now. */
  channelMoved?(): void;
}

function retryDelay(retries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** retries, LONGEST_RETRY_MS) + Math.random() * RETRY_JITTER_MS;
}

/** A client that is not connected. Commands are refused while there is no connection. */
// eslint-disable-next-line @typescript-eslint/explicit-function-return-type -- the library's type of a client is what it infers
export function createRedisClient({ socket, ...entry }: EntryOptions, reconnectStrategy: ((retries: number) => number) | false) {
  return createClient({ ...entry, RESP: 2, disableOfflineQueue: true, disableClientInfo: true, socket: { ...socket, connectTimeout: DEAD_AFTER_MS, reconnectStrategy } });
}

/** One connection to one server, watched. Commands are refused while it is away. */
export class RedisLine {
  /** The client of now: not to be kept. */
  client: RedisClient;
  private timer: NodeJS.Timeout | undefined;
  private isAsked = false;
  private lastError: Error | undefined;
  private readonly known = new WeakSet<RedisClient>();

  /** @param entry how to enter, asked anew for each connection */
  constructor(
    readonly address: string,
    private readonly entry: (address: string) => EntryOptions,
    private readonly listener: LineListener,
  ) {
    this.client = this.create();
  }

  /** @throws Error naming the server when it cannot be reached */
  async open(): Promise<void> {
    this.known.add(this.client);
    const connected = this.client.connect();
    const isOpen = await within(OPEN_WITHIN_MS, connected);
    if (!isOpen) {
      this.client.destroy();
      throw new Error(`Redis at ${this.address} cannot be reached: ${this.lastError?.message ?? `no answer within ${OPEN_WITHIN_MS} ms`}`);
    }
    this.watchFromNowOn();
  }

  /** Connects as soon as that is possible; that it is there is told as that it is back. */
  begin(): void {
    this.watchFromNowOn();
    this.connect();
  }

  /** Waits for what was asked, then closes. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    const { client } = this;
    if (client.isOpen && !(await within(CLOSE_WITHIN_MS, client.close()))) client.destroy();
  }

  /** Closes at once; what was asked is rejected. */
  destroy(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.client.isOpen) this.client.destroy();
  }

  /** Another connection instead of this one. What was asked is rejected, what was subscribed is forgotten. */
  replace(): void {
    const old = this.client;
    this.client = this.create();
    if (old.isOpen) old.destroy();
    this.connect();
  }

  private create(): RedisClient {
    const client = createRedisClient(this.entry(this.address), retryDelay);
    client.on('error', (error: Error) => {
      this.lastError = error;
      if (client === this.client) this.listener.failed(error);
    });
    client.on('ready', () => this.ready(client));
    client.on('sharded-channel-moved', () => this.listener.channelMoved?.());
    return client;
  }

  private connect(): void {
    // It tries until it is there, or closed.
    this.client.connect().catch((error: Error) => this.listener.failed(error));
  }

  private watchFromNowOn(): void {
    this.timer = setInterval(() => void this.watch(), WATCH_INTERVAL_MS);
    this.timer.unref();
  }

  private ready(client: RedisClient): void {
    if (this.timer === undefined || client !== this.client) return;
    this.listener.resumed?.(!this.known.has(client));
    this.known.add(client);
  }

  private async watch(): Promise<void> {
    const { client } = this;
    if (this.isAsked || !client.isReady) return;
    this.isAsked = true;
    const answers = await within(DEAD_AFTER_MS, client.ping());
    this.isAsked = false;
    if (answers || !client.isReady || client !== this.client) return;
    this.listener.failed(new SilentLineError(`Redis at ${this.address} did not answer within ${DEAD_AFTER_MS} ms: connecting anew`));
    this.replace();
  }
}
