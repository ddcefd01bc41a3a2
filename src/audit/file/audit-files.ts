// The audit files as they are written: one is appended to, closed when it is large or old enough, and deleted long after.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../log/index.js';
import { AppendFile } from './append-file.js';
import { auditFileEntry, deleteClosedBefore, listAuditFiles, type AuditFileEntry } from './audit-directory.js';

/** For its owner alone. */
const DIRECTORY_MODE = 0o700;

/** Where audit files are, and when they end. */
export interface AuditFilesOptions {
  readonly directory: string;
  /** A file is closed before it would become larger (AUDIT_FILE_MAX_BYTES), unless one record alone is. */
  readonly fileMaxBytes: number;
  /** A file this old is closed, ms (AUDIT_FILE_MAX_SECONDS). */
  readonly fileMaxMs: number;
  /** A file that was closed longer ago is deleted, ms; 0: never (AUDIT_RETENTION_SECONDS). */
  readonly retentionMs: number;
}

/** Not to be called again before its promise is settled. */
export class AuditFiles {
  private current: AppendFile | undefined;
  /** The highest number so far, even if that file is deleted. */
  private lastNumber = 0;

  constructor(
    private readonly options: AuditFilesOptions,
    private readonly clock: Clock,
  ) {}

  /** Makes the directory, for its owner alone. Rejects with a message that names the cure. */
  async open(): Promise<void> {
    const { directory } = this.options;
    try {
      // What leads there may be others' business; the directory itself is ours alone when we make it.
      await mkdir(dirname(directory), { recursive: true, mode: DIRECTORY_MODE });
      await makeDirectory(directory);
      await this.prepare(1);
    } catch (error) {
      throw new Error(
        `The audit trail in ${directory} cannot be written: ${(error as Error).message}. Make the directory writable, name another AUDIT_DIR, or set AUDIT=off.`,
        { cause: error },
      );
    }
  }

  /** Readies a file that so many bytes fit into; resolves with how many do. */
  async prepare(bytes: number): Promise<number> {
    if (this.current !== undefined && !this.fits(this.current.entry, this.current.size, bytes)) await this.end();
    this.current ??= await this.openCurrent(bytes);
    return Math.max(bytes, this.options.fileMaxBytes - this.current.size);
  }

  /**
   * Appends to the file that is ready. After an error it is let go of, and the next one that is readied may be the same.
   *
   * @throws TornAppendError
   */
  async append(lines: Buffer): Promise<void> {
    const file = this.current;
    if (file === undefined) throw new Error('No audit file is ready');
    try {
      await file.append(lines);
    } catch (error) {
      this.current = undefined;
      await file.abandon().catch(() => undefined);
      throw error;
    }
  }

  /** Closes the file that is written to, when it is old enough, and deletes those that were closed long ago. */
  async housekeep(): Promise<void> {
    if (this.current !== undefined && this.isOld(this.current.entry)) await this.end();
    const { directory, retentionMs } = this.options;
    if (retentionMs === 0) return;
    const { current } = this;
    const closed = (await listAuditFiles(directory)).filter(({ number }) => number !== current?.entry.number);
    await deleteClosedBefore(closed, this.clock.now() - retentionMs);
  }

  /** Lets the file be continued later. */
  async close(): Promise<void> {
    const file = this.current;
    this.current = undefined;
    await file?.end(this.clock.now());
  }

  private async end(): Promise<void> {
    const file = this.current;
    if (file === undefined) return;
    this.current = undefined;
    this.lastNumber = file.entry.number;
    await file.end(this.clock.now());
    await this.housekeep();
  }

  /** Goes on with the newest file, where that is not done with. */
  private async openCurrent(bytes: number): Promise<AppendFile> {
    const { directory } = this.options;
    await makeDirectory(directory);
    const newest = (await listAuditFiles(directory)).at(-1);
    if (newest !== undefined && this.fits(newest, (await stat(newest.path)).size, bytes)) {
      return AppendFile.continue(newest);
    }
    return AppendFile.create(auditFileEntry(directory, Math.max(newest?.number ?? 0, this.lastNumber) + 1, this.clock.now()));
  }

  private fits(entry: AuditFileEntry, size: number, bytes: number): boolean {
    return !this.isOld(entry) && (size === 0 || size + bytes <= this.options.fileMaxBytes);
  }

  /** Also when the clock was set back behind its beginning. */
  private isOld({ begunAt }: AuditFileEntry): boolean {
    const age = this.clock.now() - begunAt;
    return age < 0 || age >= this.options.fileMaxMs;
  }
}

/** The mode of a directory that was there before is its owner's business. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: DIRECTORY_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
