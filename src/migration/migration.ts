// Moving a store: copied log by log, then read back and compared, then opened to servers.
import { LOG_KINDS, STORE_KINDS, type LogRecords, type StoredLog, type StoreExport, type StoreImport, type StoreRecords } from '../engine/index.js';
import { ChatError } from '../protocol/index.js';
import { Comparison, type MigrationReport } from './migration-report.js';

/** Logs that are on their way at once: each holds a page at most. */
const LOGS_AT_ONCE = 16;
/** A target that cannot answer is asked again, in such an interval and so often, ms. */
const RETRY_MS = 1_000;
const RETRIES = 30;

/** What is being done, and how far that is: logs, and entries in them, of about so many. */
export interface MigrationProgress {
  readonly step: 'copying' | 'comparing';
  readonly logs: number;
  readonly entries: number;
  readonly size: StoreExport['size'];
}

/** Moves everything from one store to another that is empty. */
export class Migration {
  private readonly comparison = new Comparison();
  private step: MigrationProgress['step'] = 'copying';
  private logs = 0;
  private entries = 0;

  constructor(
    private readonly source: StoreExport,
    private readonly target: StoreImport,
  ) {}

  get progress(): MigrationProgress {
    const { step, logs, entries } = this;
    return { step, logs, entries, size: this.source.size };
  }

  /**
   * Copies, unless that was done before; then compares. Interrupted at any time, it may be run again.
   *
   * @throws Error naming the cure when the target belongs to something else
   */
  async run(): Promise<MigrationReport> {
    const claim = await this.target.claim(this.source.identity);
    if (claim !== 'finished') await this.copy();
    await this.compare();
    const { kinds } = this.comparison;
    const same = kinds.every((kind) => kind.same);
    if (claim !== 'finished' && same) await this.target.finish(this.source.incarnation === 0 && !this.source.mayHaveLostTail);
    return { outcome: claim === 'finished' ? 'present' : 'copied', target: this.target.place, kinds, same };
  }

  private async copy(): Promise<void> {
    this.begin('copying');
    await forEach(this.source.logs(), LOGS_AT_ONCE, (log) => persistently(() => this.copyLog(log)));
    for (const kind of STORE_KINDS) await this.copyKind(kind);
  }

  private async copyLog(log: StoredLog): Promise<void> {
    // What was written of it before is gone then.
    await this.target.startLog(log, !this.source.mayHaveLostTail);
    for (const kind of LOG_KINDS) {
      for (const page of this.source.recordsOf(kind, log)) {
        await this.target.addTo(kind, log, page);
        if (kind === 'entries') this.entries += page.length;
      }
    }
    this.logs++;
  }

  private async copyKind<K extends keyof StoreRecords>(kind: K): Promise<void> {
    for (const page of this.source.records(kind)) await persistently(() => this.target.add(kind, page, !this.source.mayHaveLostTail));
  }

  private async compare(): Promise<void> {
    this.begin('comparing');
    await forEach(this.source.logs(), LOGS_AT_ONCE, (log) => this.compareLog(log));
    for (const kind of STORE_KINDS) await this.compareKind(kind);
  }

  private async compareLog(log: StoredLog): Promise<void> {
    this.comparison.source.logs.add(stateOf(log));
    const found = await persistently(() => this.target.readLog(log));
    if (found !== undefined) this.comparison.target.logs.add(stateOf(found));
    for (const kind of LOG_KINDS) await this.compareLogKind(kind, log);
    this.logs++;
  }

  private async compareLogKind<K extends keyof LogRecords>(kind: K, log: StoredLog): Promise<void> {
    const place = `${log.tenant}/${log.log}`;
    const { [kind]: source } = this.comparison.source;
    const { [kind]: target } = this.comparison.target;
    let found = 0;
    let last: LogRecords[K] | undefined;
    for (const page of this.source.recordsOf(kind, log)) {
      for (const record of page) source.add(record, place);
      const previous = last;
      const records = await persistently(() => this.target.readBackOf(kind, log, page, previous));
      for (const record of records) target.add(record, place);
      found += records.length;
      last = page.at(-1);
      if (kind === 'entries') this.entries += page.length;
    }
    target.addUnknown(await persistently(() => this.target.countOthers(kind, log, found, last)));
  }

  private async compareKind<K extends keyof StoreRecords>(kind: K): Promise<void> {
    for (const page of this.source.records(kind)) {
      for (const record of page) this.comparison.source[kind].add(record);
      for (const record of await persistently(() => this.target.readBack(kind, page))) this.comparison.target[kind].add(record);
    }
  }

  private begin(step: MigrationProgress['step']): void {
    this.step = step;
    this.logs = 0;
    this.entries = 0;
  }
}

/** Does again what failed because the target could not answer; nothing that is done twice does harm. */
async function persistently<T>(task: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'STORE_UNAVAILABLE') throw error;
      if (retries === RETRIES) throw new Error('The target does not answer, or too few of its replicas do. When they do, run this again.', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** What a log comes to without its records. */
function stateOf({ tenant, log, head, incarnation, room }: StoredLog): object {
  return { tenant, log, head, incarnation, ...room };
}

/** Does something with each item, so many at a time; the first failure ends it. */
async function forEach<T>(items: Iterable<T>, atOnce: number, task: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let isOver = false;
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !isOver && next.done !== true; next = iterator.next()) await task(next.value);
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
  } finally {
    isOver = true;
  }
}
