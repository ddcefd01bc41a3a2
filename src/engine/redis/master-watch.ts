// Which servers write now: another one than before may lack the newest of what was written.
import type { RedisConnection } from './redis-connection.js';

/** The servers are asked who they are once in this time, ms, and whenever a line to one of them is back. */
const LOOK_INTERVAL_MS = 2_000;

/** Notices that a server has begun to write, wherever in the store that is, and whether or not anybody uses what it has. */
export class MasterWatch {
  private timer: NodeJS.Timeout | undefined;
  /** The process (`run_id`) at each address, when it was last asked. */
  private known: ReadonlyMap<string, string | undefined> | undefined;
  private looking: Promise<void> = Promise.resolve();

  /** @param changed told when there is a server that did not write before. Must not throw */
  constructor(
    private readonly redis: RedisConnection,
    private readonly changed: () => void,
  ) {}

  async start(): Promise<void> {
    await this.look();
    this.redis.onReturn(() => this.lookSoon());
    this.timer = setInterval(() => this.lookSoon(), LOOK_INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** One look at a time, each with the servers of then. */
  private lookSoon(): void {
    this.looking = this.looking.then(() => this.look()).catch(() => undefined);
  }

  private async look(): Promise<void> {
    const { known } = this;
    const found = await this.redis.runIds();
    // Who does not answer is taken to be who it was.
    this.known = new Map([...found].map(([address, id]) => [address, id ?? known?.get(address)]));
    if (known === undefined) return;
    const before = new Set(known.values());
    if ([...this.known.values()].some((id) => id !== undefined && !before.has(id))) this.changed();
  }
}
