// One budget of memory for the newest chunks of every log that somebody is connected to.
import type { EncodedChunk } from './encoded-chunk.js';
import type { LogTail } from './log-tail.js';

/** A chunk that counts towards the budget, and its neighbours in the order of age. */
export interface KeptChunk {
  readonly tail: LogTail;
  readonly chunk: EncodedChunk;
  older: KeptChunk | undefined;
  newer: KeptChunk | undefined;
}

/** Lets the oldest chunk of all logs go first; a log's own chunks therefore always are an unbroken run up to its head. */
export class TailCache {
  private oldest: KeptChunk | undefined;
  private newest: KeptChunk | undefined;
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** What the kept chunks take. */
  get usedBytes(): number {
    return this.bytes;
  }

  /** Counts a chunk that was added to a tail. */
  add(tail: LogTail, chunk: EncodedChunk): KeptChunk {
    const kept: KeptChunk = { tail, chunk, older: this.newest, newer: undefined };
    if (this.newest === undefined) this.oldest = kept;
    else this.newest.newer = kept;
    this.newest = kept;
    this.bytes += chunk.memoryBytes;
    return kept;
  }

  /** Evicts the oldest until the budget holds. */
  fit(): void {
    while (this.bytes > this.maxBytes && this.oldest !== undefined) this.oldest.tail.dropOldest();
  }

  /** Stops counting a chunk; each is to be removed once. */
  remove({ chunk, older, newer }: KeptChunk): void {
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.newest = older;
    else newer.older = older;
    this.bytes -= chunk.memoryBytes;
  }
}
