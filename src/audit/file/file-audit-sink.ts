// The default sink: JSON Lines in files of a directory, written in batches behind everybody's back.
import { Logger } from '@nestjs/common';
import type { Clock } from '../../log/index.js';
import { auditLine } from '../audit-line.js';
import type { AuditRecord } from '../audit-record.js';
import type { AuditPage, AuditQuery, AuditReader, AuditSink } from '../audit-sink.interface.js';
import { TornAppendError } from './append-file.js';
import { AuditFiles, type AuditFilesOptions } from './audit-files.js';
import { AuditScan } from './audit-scan.js';
import { LineBuffer } from './line-buffer.js';

/** Records wait at most this long for others to be written with them, ms. So much a killed process loses. */
const BATCH_INTERVAL_MS = 100;

/** The most that is written at once, bytes. */
const CHUNK_BYTES = 256 * 1024;

/** Records that wait for the disk take no more than this, bytes; what comes beyond is lost. */
const BUFFER_BYTES = 8 * 1024 * 1024;

/** After a failure, ms. */
const RETRY_MS = 1_000;

/** How often old files are looked for, ms. */
const HOUSEKEEPING_INTERVAL_MS = 10_000;

/** How long a reader waits for the newest records to be written, and the end of the process for the last ones, ms. */
const PATIENCE_MS = 3_000;

const NOTHING = Buffer.alloc(0);

/**
 * Appends records to files of mode 0600. Never throws into the path of delivery and never waits in it; when the disk fails or does
 * not keep up, records wait in bounded memory and then are lost, which is counted, logged, and told by a `records_lost` in the trail.
 *
 * @publicApi
 */
export class FileAuditSink implements AuditSink, AuditReader {
  private readonly files: AuditFiles;
  private readonly buffer = new LineBuffer(BUFFER_BYTES);
  /** Whole lines that were taken from the buffer and are not written yet. */
  private unwritten: Buffer = NOTHING;
  private working: Promise<void> | undefined;
  private batchTimer: NodeJS.Timeout | undefined;
  private housekeepingTimer: NodeJS.Timeout | undefined;
  private failing = false;
  private lost = 0;
  private lostUntold = 0;

  constructor(
    private readonly options: AuditFilesOptions,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'warn' | 'error'> = new Logger('Audit'),
  ) {
    this.files = new AuditFiles(options, clock);
  }

  /** Records that were lost since the start. */
  get lostRecords(): number {
    return this.lost;
  }

  /** Bytes that wait to be written. */
  get waitingBytes(): number {
    return this.buffer.bytes + this.unwritten.length;
  }

  async open(): Promise<void> {
    await this.files.open();
    this.housekeepingTimer = setInterval(() => void this.housekeep(), HOUSEKEEPING_INTERVAL_MS);
    this.housekeepingTimer.unref();
  }

  write(records: readonly AuditRecord[]): void {
    for (const record of records) {
      if (!this.buffer.add(auditLine(record))) this.lose(1);
    }
    if (this.failing || this.working !== undefined) return;
    if (this.buffer.bytes >= CHUNK_BYTES) void this.work();
    else this.schedule(BATCH_INTERVAL_MS);
  }

  async read(query: AuditQuery): Promise<AuditPage> {
    await within(PATIENCE_MS, this.flush());
    return new AuditScan(this.options.directory, query).run();
  }

  /** Resolves when what was handed over before is written, or could not be. */
  async flush(): Promise<void> {
    await this.work();
    if (this.waitingBytes > 0 && !this.failing) await this.work();
  }

  /** Closes and deletes files that are due. */
  async housekeep(): Promise<void> {
    await this.work(() => this.files.housekeep());
  }

  async close(): Promise<void> {
    clearInterval(this.housekeepingTimer);
    await within(PATIENCE_MS, this.flush().then(() => this.work(() => this.files.close())));
    clearTimeout(this.batchTimer);
    const left = this.buffer.count + countLines(this.unwritten);
    if (left > 0) this.lose(left);
    if (this.lostUntold > 0) this.logger.error({ msg: 'audit records were lost', lost: this.lostUntold });
  }

  private schedule(delayMs: number): void {
    if (this.batchTimer !== undefined) return;
    this.batchTimer = setTimeout(() => {
      this.batchTimer = undefined;
      void this.work();
    }, delayMs);
    this.batchTimer.unref();
  }

  /** Writes everything that waits, then does something else with the files: one thing at a time. Never rejects. */
  private work(then?: () => Promise<void>): Promise<void> {
    const before = this.working;
    if (before !== undefined && then === undefined) return before;
    const working = Promise.resolve(before)
      .then(() => this.writeAll())
      .catch((error: unknown) => this.fail(error))
      .then(then)
      .catch((error: unknown) => this.logger.warn({ msg: 'audit files not closed or deleted', err: error }))
      .then(() => {
        if (this.working !== working) return;
        this.working = undefined;
        if (this.waitingBytes > 0) this.schedule(this.failing ? RETRY_MS : BATCH_INTERVAL_MS);
      });
    this.working = working;
    return working;
  }

  /** Writes what waits now: what comes meanwhile is gathered again. Otherwise, as long as records come, there would be a write for every few of them. */
  private async writeAll(): Promise<void> {
    let left = this.waitingBytes;
    while (left > 0) {
      const room = await this.files.prepare(this.unwritten.length || this.buffer.nextBytes);
      if (this.unwritten.length === 0) this.unwritten = this.buffer.take(Math.min(room, CHUNK_BYTES));
      await this.files.append(this.unwritten);
      left -= this.unwritten.length;
      this.unwritten = NOTHING;
      this.succeed();
    }
  }

  private succeed(): void {
    if (this.failing) this.logger.warn({ msg: 'the audit trail is written again' });
    this.failing = false;
    if (this.lostUntold === 0 || this.buffer.count > 0) return;
    // Behind what was kept, where there is room again.
    this.logger.error({ msg: 'audit records were lost', lost: this.lostUntold });
    this.buffer.add(auditLine({ time: new Date(this.clock.now()).toISOString(), action: 'records_lost', count: this.lostUntold }));
    this.lostUntold = 0;
  }

  /** A line that was torn is written anew: what is there of it is ended by whoever goes on with the file. */
  private fail(error: unknown): void {
    if (error instanceof TornAppendError) {
      const lineStart = error.written === 0 ? 0 : this.unwritten.lastIndexOf('\n', error.written - 1) + 1;
      this.unwritten = this.unwritten.subarray(lineStart);
    }
    if (!this.failing) this.logger.error({ msg: 'the audit trail cannot be written, trying again', err: error });
    this.failing = true;
  }

  private lose(count: number): void {
    if (this.lostUntold === 0) this.logger.error({ msg: 'audit records are being lost', waiting_bytes: this.waitingBytes });
    this.lost += count;
    this.lostUntold += count;
  }
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (const byte of lines) if (byte === 0x0a) count++;
  return count;
}

/** Resolves with the promise, or after so long. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
