// A server that can be asked what is left in its memory.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT, type ProcessOptions, ServerProcess } from './server-process.js';

const PROBE = pathToFileURL(join(PROJECT_ROOT, 'test/support/preloads/process-probe.mjs')).href;

/** What a process holds after garbage collection. */
export interface MemoryReport {
  /** JavaScript objects of the main thread, bytes. */
  heapUsed: number;
  /** Memory of buffers and native objects that JavaScript objects hold, bytes; {@link arrayBuffers} is a part of it. */
  external: number;
  arrayBuffers: number;
  /** The whole process, as the kernel counts it, bytes. */
  rss: number;
  /** What keeps the event loop alive, by kind (`process.getActiveResourcesInfo()`). */
  resources: Readonly<Record<string, number>>;
  /** Live objects, by class. */
  instances: Readonly<Record<string, number>>;
}

/** The real process, with a module loaded before it that only looks. */
export class ProbedServer extends ServerProcess {
  constructor(settings: Readonly<Record<string, string>> = {}, options: ProcessOptions = {}) {
    super(settings, { ...options, channel: true, nodeArguments: ['--expose-gc', '--import', PROBE] });
  }

  /** Collects garbage and counts what is left. */
  report(): Promise<MemoryReport> {
    return this.ask('report');
  }

  /** Collects garbage and measures what JavaScript objects hold, bytes. Counts nothing, and so takes little time. */
  heldBytes(): Promise<number> {
    return this.ask('held bytes');
  }

  /** Names that somebody has added to what all objects inherit. */
  pollution(): Promise<string[]> {
    return this.ask('pollution');
  }
}
