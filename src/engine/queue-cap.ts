// The limit of a queue: its newest notifications over all its logs.

/** An entry's place in its log, and in time. */
export interface EntryTime {
  readonly seq: number;
  readonly at: number;
}

/** A log of a queue, read from its newest end. */
export interface CappedLog {
  /** At most `limit` entries of the queue with a `seq` below `before`, newest first; fewer only when no more are there. */
  readBack(before: number, limit: number): readonly EntryTime[];
  /** Newest `seq`. */
  readonly head: number;
}

const FIRST_CHUNK = 4;
const LARGEST_CHUNK = 256;

/** One log on its way back. */
class BackwardReader {
  /** The newest entry that is not taken yet; absent at the end. */
  next: EntryTime | undefined;
  /** The lowest `seq` taken. */
  lowest: number;
  private chunk: readonly EntryTime[] = [];
  private index = 0;
  private limit = FIRST_CHUNK;

  constructor(private readonly log: CappedLog) {
    this.lowest = log.head + 1;
    this.advance();
  }

  take(): void {
    if (this.next === undefined) return;
    this.lowest = this.next.seq;
    this.advance();
  }

  private advance(): void {
    if (this.index === this.chunk.length) {
      this.chunk = this.log.readBack(this.lowest, this.limit);
      this.limit = Math.min(this.limit * 4, LARGEST_CHUNK);
      this.index = 0;
    }
    this.next = this.chunk[this.index++];
  }
}

/** Lets the newest of a heap's top sink to its place. */
function siftDown(heap: BackwardReader[], from: number): void {
  const item = heap[from];
  const at = (index: number): number => heap[index]?.next?.at ?? -Infinity;
  const own = item.next?.at ?? -Infinity;
  let index = from;
  for (;;) {
    const left = 2 * index + 1;
    const child = at(left + 1) > at(left) ? left + 1 : left;
    if (at(child) <= own) break;
    heap[index] = heap[child];
    index = child;
  }
  heap[index] = item;
}

/**
 * Keeps the newest `max` entries over all logs. What falls out of a log is always the beginning of it, even if the
 * clock went back between two of its entries.
 *
 * @returns for each log the `seq` up to which its entries have fallen out; absent when all of them are kept
 */
export function capToNewest(logs: readonly CappedLog[], max: number): (number | undefined)[] {
  const readers = logs.map((log) => new BackwardReader(log));
  const heap = [...readers];
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);
  for (let taken = 0; taken < max && heap[0]?.next !== undefined; taken++) {
    heap[0].take();
    siftDown(heap, 0);
  }
  return readers.map(({ next, lowest }) => (next === undefined ? undefined : lowest - 1));
}
