// Notifications that fall out of queues, put together: a storm of them must not become a storm of webhooks.
import type { Dropped } from '../events/index.js';
import type { Clock } from '../log/index.js';
import type { DroppedBatch } from './webhook-event.js';

/** One client's device: what is gathered, by log. */
interface Gathered {
  readonly key: string;
  /** When it may be told of again. */
  dueAt: number;
  readonly byLog: Map<string, Dropped>;
}

/** What becomes of batches. */
export interface BatchListener {
  complete(batch: DroppedBatch): void;
  /** Devices beyond the bound: what fell out of their queues is not told. */
  overflowed(): void;
}

/**
 * The first that is dropped of a device is told at once; what follows within the interval is gathered, and told at its end: one range for each log, from its first number to
 * its last.
 */
export class DroppedBatches {
  /** In the order in which they are due: all wait equally long. */
  private readonly gathering = new Map<string, Gathered>();

  constructor(
    private readonly intervalMs: number,
    /** Devices at a time. */
    private readonly max: number,
    /** Only intervals are measured with it: best a monotonic one. */
    private readonly clock: Clock,
    private readonly listener: BatchListener,
  ) {}

  /** Takes ranges of one device. */
  add(ranges: DroppedBatch): void {
    const [{ tenant, clientId, device }] = ranges;
    const key = JSON.stringify([tenant, clientId, device]);
    const known = this.gathering.get(key);
    if (known !== undefined) {
      for (const range of ranges) known.byLog.set(range.log, joined(known.byLog.get(range.log), range));
    } else if (this.gathering.size >= this.max) {
      this.listener.overflowed();
    } else {
      this.wait({ key, dueAt: 0, byLog: new Map() });
      this.listener.complete(ranges);
    }
  }

  /** Tells what is due. To be called several times an interval. */
  tick(): void {
    const now = this.clock.now();
    for (const gathered of this.gathering.values()) {
      if (gathered.dueAt > now) return;
      this.gathering.delete(gathered.key);
      if (gathered.byLog.size === 0) continue;
      this.tell(gathered);
      this.wait(gathered);
    }
  }

  /** Tells everything, due or not. */
  flush(): void {
    for (const gathered of this.gathering.values()) this.tell(gathered);
    this.gathering.clear();
  }

  private wait(gathered: Gathered): void {
    gathered.dueAt = this.clock.now() + this.intervalMs;
    this.gathering.set(gathered.key, gathered);
  }

  private tell({ byLog }: Gathered): void {
    const [first, ...others] = byLog.values();
    byLog.clear();
    if (first !== undefined) this.listener.complete([first, ...others]);
  }
}

function joined(known: Dropped | undefined, range: Dropped): Dropped {
  if (known === undefined) return range;
  return { ...known, fromSeq: Math.min(known.fromSeq, range.fromSeq), toSeq: Math.max(known.toSeq, range.toSeq), count: known.count + range.count };
}
