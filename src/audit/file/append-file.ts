// One audit file that is appended to.
import { type FileHandle, open } from 'node:fs/promises';
import type { AuditFileEntry } from './audit-directory.js';

const LINE_FEED = 0x0a;

/** For its owner alone. */
const FILE_MODE = 0o600;

/** A write that ended before its end. */
export class TornAppendError extends Error {
  override name = 'TornAppendError';

  constructor(
    /** Bytes that were written. */
    readonly written: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : 'The file cannot be written', { cause });
  }
}

/** Appends; never changes what is there. */
export class AppendFile {
  private constructor(
    readonly entry: AuditFileEntry,
    private readonly handle: FileHandle,
    private bytes: number,
  ) {}

  /** How large it is. */
  get size(): number {
    return this.bytes;
  }

  /** Rejects with `EEXIST` when there is such a file. */
  static async create(entry: AuditFileEntry): Promise<AppendFile> {
    return new AppendFile(entry, await open(entry.path, 'ax', FILE_MODE), 0);
  }

  /** Opens a file to go on with it. A line that a crash has torn is ended, so that it does not spoil the next one. */
  static async continue(entry: AuditFileEntry): Promise<AppendFile> {
    const handle = await open(entry.path, 'a+', FILE_MODE);
    try {
      const { size } = await handle.stat();
      const file = new AppendFile(entry, handle, size);
      if (size > 0 && !(await file.endsLine())) await file.append(Buffer.of(LINE_FEED));
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** @throws TornAppendError when not all of it could be written */
  async append(lines: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < lines.length) {
        const { bytesWritten } = await this.handle.write(lines, written, lines.length - written);
        written += bytesWritten;
        this.bytes += bytesWritten;
      }
    } catch (error) {
      throw new TornAppendError(written, error);
    }
  }

  /** Everything is on disk, and the file's time of modification is when it was closed. */
  async end(now: number): Promise<void> {
    try {
      await this.handle.datasync();
      await this.handle.utimes(new Date(now), new Date(now));
    } finally {
      await this.handle.close();
    }
  }

  /** Lets go of a file that could not be written to. */
  async abandon(): Promise<void> {
    await this.handle.close();
  }

  private async endsLine(): Promise<boolean> {
    const last = Buffer.alloc(1);
    await this.handle.read(last, 0, 1, this.bytes - 1);
    return last[0] === LINE_FEED;
  }
}
