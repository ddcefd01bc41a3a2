// One budget of memory for the newest chunks of every log that somebody is connected to.
import type { EncodedChunk } from './encoded-chunk.js';
import type { LogTail } from './log-tail.js';

interface KeptChunk {
  readonly tail: LogTail;
  /** Absent once the tail has let go of it, so that its memory is free before its turn comes. */
  chunk: EncodedChunk | undefined;
}

/** Lets the oldest chunk of all logs go first; a log's own chunks therefore always are an unbroken run up to its head. */
export class TailCache {
  private kept: KeptChunk[] = [];
  private start = 0;
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Counts a chunk that was added to a tail; evicts what no longer fits. */
  add(tail: LogTail, chunk: EncodedChunk): KeptChunk {
    const kept: KeptChunk = { tail, chunk };
    this.kept.push(kept);
    this.bytes += chunk.frames.length;
    return kept;
  }

  /** Evicts the oldest until the budget holds. */
  fit(): void {
    while (this.start < this.kept.length && (this.bytes > this.maxBytes || this.oldest.chunk === undefined)) {
      const { tail, chunk } = this.oldest;
      this.start++;
      if (chunk !== undefined) tail.dropOldest();
    }
    if (this.start > 1024 && this.start * 2 > this.kept.length) this.compact();
  }

  /** Stops counting a chunk. */
  remove(kept: KeptChunk): void {
    if (kept.chunk === undefined) return;
    this.bytes -= kept.chunk.frames.length;
    kept.chunk = undefined;
  }

  private get oldest(): KeptChunk {
    return this.kept[this.start];
  }

  private compact(): void {
    this.kept = this.kept.slice(this.start);
    this.start = 0;
  }
}

export type { KeptChunk };
