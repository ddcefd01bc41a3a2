// The engine's half of the store's thread: operations gather while a batch is at the store, and go there as the next one.
import { Worker } from 'node:worker_threads';
import { type AppendedEntry, type Clock, monotonicClock } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import { collectEntries } from './live-feed.js';
import type { StoreCalls, StoreOperation, StoreOutcome, StoreReport, StoreRequest, StoreSettings } from './store-operation.js';

/** A batch takes no more operations than this, so that its commit stays short. */
const BATCH_OPERATIONS = 4096;

/** A batch of nothing but {@link PATIENT} operations follows the one before it after this time at the earliest, ms. */
const GATHER_MS = 5;

/**
 * What comes and goes with connections, in large numbers where one room reconnects. A batch wakes the store's thread and then this one,
 * which costs several times what one of these takes; behind a publication or a page that somebody waits for they go at once.
 */
const PATIENT: ReadonlySet<keyof StoreCalls> = new Set(['openQueue', 'inspectQueue', 'saveCursors', 'savePresence', 'savePresencePosition', 'presenceChanges']);

// Vitest runs this file as TypeScript, which Node cannot load in a worker thread: there the built worker is taken.
const WORKER_FILE = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/engine/embedded/store-worker.js' : './store-worker.js', import.meta.url);

interface PendingOperation {
  readonly operation: StoreOperation;
  readonly resolve: (value: never) => void;
  readonly reject: (cause: Error) => void;
}

/** What the thread tells the engine. Must not throw. */
export interface StoreThreadListener {
  /** New entries, before the operations that made them are answered. */
  appended(entries: readonly AppendedEntry[]): void;
  /** The store has failed for good. */
  broken(cause: Error): void;
}

function unavailable(cause?: Error): ChatError {
  return new ChatError('STORE_UNAVAILABLE', undefined, {}, cause && { cause });
}

/**
 * Group commit: the first operation of an idle store waits for the end of its tick, those behind it for the batch in
 * front of them; so everything that a tick or a commit's time brings shares one commit. Operations never overtake one another.
 */
export class StoreThread {
  private worker: Worker | undefined;
  private waiting: PendingOperation[] = [];
  private inFlight: readonly PendingOperation[] = [];
  /** One of those that wait is not {@link PATIENT}. */
  private urgent = false;
  private scheduled = false;
  private gathering: NodeJS.Timeout | undefined;
  /** When the newest batch went, of the monotonic clock. */
  private postedAt = -Infinity;
  private accepting = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly settings: StoreSettings,
    private readonly clock: Clock,
    private readonly listener: StoreThreadListener,
  ) {}

  /** Opens the store. */
  async start(): Promise<void> {
    const worker = new Worker(WORKER_FILE, { workerData: this.settings, name: 'store' });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (report: StoreReport) => {
        if (report.kind === 'opened') resolve();
        else reject(new Error(report.kind === 'refused' ? report.message : 'The store did not open'));
        worker.off('error', reject);
      });
    });
    worker.on('message', (report: StoreReport) => this.receive(report));
    worker.on('error', (cause) => this.fail(cause));
    worker.on('exit', () => this.fail(new Error("The store's thread has ended")));
    this.worker = worker;
    this.accepting = true;
  }

  /** Carries out one call; rejects with what the store refused it with. */
  submit<K extends keyof StoreCalls>(kind: K, ...args: Parameters<StoreCalls[K]>): Promise<ReturnType<StoreCalls[K]>> {
    if (!this.accepting) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.waiting.push({ operation: { kind, args } as StoreOperation, resolve, reject });
      this.urgent ||= !PATIENT.has(kind);
      if (this.inFlight.length === 0) this.schedule();
    });
  }

  /** Finishes what was accepted, then closes the store. */
  async stop(): Promise<void> {
    const { worker } = this;
    if (!this.accepting || worker === undefined) return;
    this.accepting = false;
    this.urgent = true;
    if (this.inFlight.length === 0) this.schedule();
    if (this.waiting.length + this.inFlight.length > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    if (this.worker === undefined) return;
    this.worker = undefined;
    await new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.postMessage({ kind: 'close' } satisfies StoreRequest);
    });
  }

  /** Posts at the end of this tick, or as soon as enough time has been left to gather. */
  private schedule(): void {
    if (this.scheduled) return;
    const delayMs = this.urgent ? 0 : this.postedAt + GATHER_MS - monotonicClock.now();
    if (delayMs > 0) {
      this.gathering ??= setTimeout(() => this.post(), delayMs);
      return;
    }
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.post();
    });
  }

  private post(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (this.worker === undefined || this.inFlight.length > 0) return;
    if (this.waiting.length === 0) {
      this.onIdle?.();
      return;
    }
    this.inFlight = this.waiting.splice(0, BATCH_OPERATIONS);
    this.urgent &&= this.waiting.length > 0;
    this.postedAt = monotonicClock.now();
    const operations = this.inFlight.map(({ operation }) => operation);
    this.worker.postMessage({ kind: 'batch', now: this.clock.now(), operations } satisfies StoreRequest);
  }

  private receive(report: StoreReport): void {
    if (report.kind === 'answered') this.settle(report.outcomes);
    else if (report.kind === 'broken') this.fail(new Error(report.message));
  }

  private settle(outcomes: readonly StoreOutcome[]): void {
    const settled = this.inFlight;
    this.inFlight = [];
    if (this.urgent || this.waiting.length === 0) this.post();
    else this.schedule();
    const entries: AppendedEntry[] = [];
    outcomes.forEach((outcome, i) => collectEntries(settled[i].operation, outcome, entries));
    if (entries.length > 0) this.listener.appended(entries);
    outcomes.forEach((outcome, i) => {
      const { resolve, reject } = settled[i];
      if ('refused' in outcome) reject(new ChatError(outcome.refused, undefined, {}, { cause: outcome.cause }));
      else resolve(outcome.value as never);
    });
  }

  /** Nothing that is pending can be relied on any more. */
  private fail(cause: Error): void {
    const { worker } = this;
    if (worker === undefined) return;
    this.worker = undefined;
    this.accepting = false;
    for (const { reject } of [...this.inFlight, ...this.waiting]) reject(unavailable(cause));
    this.inFlight = [];
    this.waiting = [];
    this.onIdle?.();
    void worker.terminate();
    this.listener.broken(cause);
  }
}
