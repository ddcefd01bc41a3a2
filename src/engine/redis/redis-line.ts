// A line to Redis that does not stay dead: what does not answer any more is replaced.
import { createClient } from 'redis';

/** How often it is asked whether it still answers, and how long an answer may take before the line counts as dead, ms. A line that a network has swallowed says nothing by itself. */
const WATCH_INTERVAL_MS = 1_000;
const DEAD_AFTER_MS = 3_000;
/** The waits between attempts to connect, ms: doubled up to the longest, each a little different so that nodes do not come all at once. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
const RETRY_JITTER_MS = 200;
/** How long a server may take to be reached when the process starts, and to answer what is still asked when it ends, ms. */
const OPEN_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 5_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

/** What a line tells its owner. Must not throw. */
export interface LineListener {
  /** Something is wrong; the line comes back by itself. */
  failed(error: Error): void;
  /** It has been away and is back; `replaced` when it has forgotten its subscriptions. */
  resumed?(replaced: boolean): void;
}

function retryDelay(retries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** retries, LONGEST_RETRY_MS) + Math.random() * RETRY_JITTER_MS;
}

// eslint-disable-next-line @typescript-eslint/explicit-function-return-type -- the library's type of a client is what it infers
function createRedisClient(url: string) {
  return createClient({ url, RESP: 2, disableOfflineQueue: true, socket: { connectTimeout: DEAD_AFTER_MS, reconnectStrategy: retryDelay } });
}

/** One connection, watched. Commands are refused while it is away. */
export class RedisLine {
  /** The client of now: not to be kept. */
  client: RedisClient;
  private timer: NodeJS.Timeout | undefined;
  private isAsked = false;
  private lastError: Error | undefined;
  private readonly resumed = new WeakSet<RedisClient>();

  constructor(
    private readonly url: string,
    private readonly listener: LineListener,
  ) {
    this.client = this.create();
  }

  /** @throws Error naming the server when it cannot be reached */
  async open(): Promise<void> {
    this.resumed.add(this.client);
    const connected = this.client.connect();
    const isOpen = await within(OPEN_WITHIN_MS, connected);
    if (!isOpen) {
      this.client.destroy();
      throw new Error(`Redis at ${new URL(this.url).host} cannot be reached: ${this.lastError?.message ?? `no answer within ${OPEN_WITHIN_MS} ms`}`);
    }
    this.timer = setInterval(() => void this.watch(), WATCH_INTERVAL_MS);
    this.timer.unref();
  }

  /** Waits for what was asked, then closes. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    const { client } = this;
    if (client.isOpen && !(await within(CLOSE_WITHIN_MS, client.close()))) client.destroy();
  }

  private create(): RedisClient {
    const client = createRedisClient(this.url);
    client.on('error', (error: Error) => {
      this.lastError = error;
      this.listener.failed(error);
    });
    client.on('ready', () => this.ready(client));
    return client;
  }

  private ready(client: RedisClient): void {
    if (this.timer === undefined || client !== this.client) return;
    this.listener.resumed?.(!this.resumed.has(client));
    this.resumed.add(client);
  }

  private async watch(): Promise<void> {
    const { client } = this;
    if (this.isAsked || !client.isReady) return;
    this.isAsked = true;
    const answers = await within(DEAD_AFTER_MS, client.ping());
    this.isAsked = false;
    if (!answers && client.isReady && client === this.client) this.replace();
  }

  private replace(): void {
    const dead = this.client;
    this.listener.failed(new Error(`Redis did not answer within ${DEAD_AFTER_MS} ms: connecting anew`));
    this.client = this.create();
    dead.destroy();
    // It tries until it is there, or closed.
    this.client.connect().catch((error: Error) => this.listener.failed(error));
  }
}

/** Whether a promise is fulfilled within a time; a rejection is an answer too late. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
