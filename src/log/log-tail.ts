// The newest entries of one log, encoded: what a connection that fell a little behind catches up from without a read.
import type { EncodedChunk } from './encoded-chunk.js';
import type { KeptChunk, TailCache } from './tail-cache.js';

/** A run of chunks without a hole between them. */
export class LogTail {
  private chunks: KeptChunk[] = [];

  constructor(
    private readonly cache: TailCache,
    /** Whoever is further behind than a queue may be reads from the store: more numbers than this are of no use. */
    private readonly maxNumbers: number,
  ) {}

  /** Adds the chunk behind the newest; a chunk that leaves a hole makes the tail begin anew. */
  add(chunk: EncodedChunk): void {
    const newest = this.chunks.at(-1)?.chunk;
    if (newest !== undefined && newest.lastSeq + 1 !== chunk.firstSeq) this.clear();
    this.chunks.push(this.cache.add(this, chunk));
    while (this.chunks.length > 1 && chunk.lastSeq - this.chunks[0].chunk.lastSeq >= this.maxNumbers) this.dropOldest();
    this.cache.fit();
  }

  /** Adds the chunk behind the newest as a part of that one, where both are small: whoever has yet to get both gets them in one write. */
  extend(chunk: EncodedChunk): void {
    const newest = this.chunks.at(-1);
    const joined = newest?.chunk.lastSeq === chunk.firstSeq - 1 ? newest.chunk.joined(chunk) : undefined;
    if (newest !== undefined && joined !== undefined) {
      this.chunks.pop();
      this.cache.remove(newest);
    }
    this.add(joined ?? chunk);
  }

  /** The chunk that holds the number behind `seq`, if it is still kept. */
  after(seq: number): EncodedChunk | undefined {
    const chunks = this.chunks;
    const oldest = chunks[0]?.chunk;
    if (oldest === undefined || seq + 1 < oldest.firstSeq) return undefined;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (chunks[middle].chunk.lastSeq > seq) high = middle;
      else low = middle + 1;
    }
    return chunks[low]?.chunk;
  }

  /** Lets the oldest chunk go. */
  dropOldest(): void {
    const kept = this.chunks.shift();
    if (kept !== undefined) this.cache.remove(kept);
  }

  /** Lets everything go. */
  clear(): void {
    for (const kept of this.chunks) this.cache.remove(kept);
    this.chunks = [];
  }
}
