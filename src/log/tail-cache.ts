// One budget of memory for the newest chunks of every log that somebody is connected to.
import type { EncodedChunk, MemoryAccount } from './encoded-chunk.js';
import type { LogTail } from './log-tail.js';

/** A chunk that counts towards the budget, and its neighbours in the order of age. */
export class KeptChunk implements MemoryAccount {
  older: KeptChunk | undefined = undefined;
  newer: KeptChunk | undefined = undefined;

  constructor(
    readonly tail: LogTail,
    readonly chunk: EncodedChunk,
    private readonly cache: TailCache,
  ) {}

  grew(bytes: number): void {
    this.cache.grow(bytes);
  }
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
    const kept = new KeptChunk(tail, chunk, this);
    kept.older = this.newest;
    if (this.newest === undefined) this.oldest = kept;
    else this.newest.newer = kept;
    this.newest = kept;
    this.bytes += chunk.memoryBytes;
    chunk.account = kept;
    return kept;
  }

  /** Counts what a kept chunk takes more, since it is kept compressed too. */
  grow(bytes: number): void {
    this.bytes += bytes;
    this.fit();
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
    chunk.account = undefined;
  }
}
