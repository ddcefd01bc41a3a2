// Times at which something is due, for very many items: a bucket a second, and no timer of their own.

/** An item with a time at which it is due. */
export interface Due {
  /** Kept by the wheel: the bucket it stands in. */
  bucket?: number;
}

/** Items by the second in which they fall due. */
export class DeadlineWheel<T extends Due> {
  private readonly buckets = new Map<number, Set<T>>();
  private next: number;

  constructor(now: number) {
    this.next = bucketOf(now);
  }

  /** Items that wait. */
  get size(): number {
    let size = 0;
    for (const items of this.buckets.values()) size += items.size;
    return size;
  }

  /** Sets when an item is due, in the same milliseconds as `expire`; what was set before is forgotten. */
  set(item: T, at: number): void {
    this.remove(item);
    // Rounded up: nothing happens too early.
    const bucket = Math.max(this.next, bucketOf(at + 999));
    item.bucket = bucket;
    const items = this.buckets.get(bucket);
    if (items === undefined) this.buckets.set(bucket, new Set([item]));
    else items.add(item);
  }

  /** The item is not due any more. */
  remove(item: T): void {
    if (item.bucket === undefined) return;
    const items = this.buckets.get(item.bucket);
    items?.delete(item);
    if (items?.size === 0) this.buckets.delete(item.bucket);
    delete item.bucket;
  }

  /** Calls `act` with every item that is due; `act` may set them anew. */
  expire(now: number, act: (item: T) => void): void {
    const last = bucketOf(now);
    while (this.next <= last) {
      const items = this.buckets.get(this.next);
      this.buckets.delete(this.next);
      this.next++;
      for (const item of items ?? []) {
        delete item.bucket;
        act(item);
      }
    }
  }
}

function bucketOf(at: number): number {
  return Math.floor(at / 1000);
}
