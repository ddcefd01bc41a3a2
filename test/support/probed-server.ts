// A server that can be asked what is left in its memory.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HeapContents, readHeapContents } from './heap-snapshot.js';
import { PROJECT_ROOT, type ProcessOptions, ServerProcess } from './server-process.js';

const PROBE = pathToFileURL(join(PROJECT_ROOT, 'test/support/preloads/process-probe.mjs')).href;

/** What stands for a connection, or for something that a connection needs. `Socket` and `Timeout` are Node's. */
const COUNTED = ['WebSocketConnection', 'EventStreamConnection', 'DeliveryStream', 'Subscription', 'LogFeed', 'ClientPresence', 'WebSocket', 'Socket', 'Timeout'] as const;

/** What a process holds after garbage collection. */
export interface MemoryReport {
  /** JavaScript objects of the main thread, bytes. */
  heapUsed: number;
  /** Memory of buffers and native objects that JavaScript objects hold, bytes; {@link arrayBuffers} is a part of it. */
  external: number;
  arrayBuffers: number;
  /** The whole process, as the kernel counts it, bytes. */
  rss: number;
  /** The most that {@link rss} has ever been. */
  peakRss: number;
  /** What keeps the event loop alive, by kind (`process.getActiveResourcesInfo()`). */
  resources: Readonly<Record<string, number>>;
}

/** A report with the heap's contents. */
export type Inventory = MemoryReport & HeapContents<(typeof COUNTED)[number]>;

/** The real process, with a module loaded before it that only looks. */
export class ProbedServer extends ServerProcess {
  constructor(settings: Readonly<Record<string, string>> = {}, options: ProcessOptions = {}) {
    super(settings, { ...options, channel: true, nodeArguments: ['--expose-gc', '--import', PROBE] });
  }

  /** Collects garbage and measures what is left. */
  memory(): Promise<MemoryReport> {
    return this.ask('memory');
  }

  /** The same, with live objects counted: that keeps the server busy for seconds. */
  async inventory(): Promise<Inventory> {
    const file = join(this.dataDir, 'test.heapsnapshot');
    const report = await this.ask<MemoryReport>(`memory ${file}`);
    const contents = await readHeapContents(file, COUNTED);
    await rm(file);
    return { ...report, ...contents };
  }

  /** Collects garbage and measures what JavaScript objects hold, bytes. */
  async heldBytes(): Promise<number> {
    const { heapUsed, external } = await this.memory();
    return heapUsed + external;
  }

  /** Names that somebody has added to what all objects inherit. */
  pollution(): Promise<string[]> {
    return this.ask('pollution');
  }
}
