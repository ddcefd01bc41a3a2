// Which server writes what, now: kept true while servers fail, come and hand slots to each other.
import { findDiscovery, type Discovery } from './discovery.js';
import { hashSlot } from './hash-slot.js';
import { UnreachableError } from './inquirer.js';
import type { RedisAccess } from './redis-access.js';
import { ServerMap } from './server-map.js';

/** How long the servers may take to be found when the process starts, and the wait between attempts, ms. */
const OPEN_WITHIN_MS = 10_000;
const RETRY_MS = 200;
/** The shortest time between two questions, ms: many lines fail at once. */
const QUIET_MS = 100;

/** Finds the servers of a store. */
export class Topology {
  private discovery: Discovery | undefined;
  private map = new ServerMap();
  /** What the listeners know. */
  private told = this.map;
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly access: RedisAccess,
    private readonly onError: (error: Error) => void,
  ) {}

  /** @throws Error that says why the store cannot be found or used */
  async open(): Promise<void> {
    const deadline = performance.now() + OPEN_WITHIN_MS;
    for (;;) {
      try {
        this.discovery ??= await findDiscovery(this.access);
        this.map = this.told = await this.discovery.discover([]);
        break;
      } catch (error) {
        if (!(error instanceof UnreachableError) || performance.now() > deadline) throw error;
        await pause(RETRY_MS);
      }
    }
    const { intervalMs } = this.discovery;
    if (intervalMs === undefined) return;
    this.timer = setInterval(() => void this.refresh(), intervalMs);
    this.timer.unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.discovery?.stop();
  }

  /** Whether keys are spread over several servers. */
  get isCluster(): boolean {
    return this.discovery?.isCluster === true;
  }

  /** All servers that write. */
  get masters(): readonly string[] {
    return this.map.masters;
  }

  /** The server of a key or channel; undefined when nobody has its slot. */
  masterOf(name: string): string | undefined {
    return this.map.masterOf(name);
  }

  /** Told whenever another server writes something. Must not throw. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** A server says that another one has the slot of this name. */
  moved(name: string, address: string): void {
    this.map = this.map.with(hashSlot(name), address);
    void this.refresh();
  }

  /** Something has gone wrong that another server's place would explain: looks again. Resolves when that is done, whatever it has brought. */
  refresh(): Promise<void> {
    if (this.timer === undefined) return Promise.resolve();
    this.refreshing ??= this.look().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async look(): Promise<void> {
    await pause(QUIET_MS);
    if (this.timer === undefined || this.discovery === undefined) return;
    try {
      this.map = await this.discovery.discover(this.map.masters);
    } catch (error) {
      this.onError(error as Error);
      return;
    }
    if (this.map.equals(this.told)) return;
    this.told = this.map;
    for (const listener of this.listeners) listener();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
