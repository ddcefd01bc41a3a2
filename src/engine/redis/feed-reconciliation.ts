// Comparing what was brought with what is written: publications get lost without anybody noticing, and all of them do while the line is away.

/** What there is to compare. */
export interface Compared {
  /** About how many comparisons. */
  readonly size: number;
  comparisons(): Iterable<() => Promise<void>>;
}

const TICK_MS = 100;
/** Everything is compared once in this time, if it can be; each node takes a little more or less. */
const ROUND_MS = 5_000;
/** At most so many comparisons are made in one tick, so that a large node costs Redis no more than 5,000 reads a second. */
const MAX_SLICE = 500;

/** Goes round everything that is followed, a slice at a time. */
export class FeedReconciliation {
  private readonly roundMs: number;
  private readonly round: Iterator<() => Promise<void>> = this.endless();
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  /** A whole round is asked for, as fast as it may be. */
  private hurried = 0;

  /** @param roundMs everything is compared once in about this time, in ms */
  constructor(
    private readonly compared: readonly Compared[],
    roundMs = ROUND_MS,
  ) {
    this.roundMs = roundMs * (0.8 + Math.random() * 0.4);
  }

  start(): void {
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The line has been away: compares everything. */
  all(): void {
    this.hurried = this.size;
  }

  private async tick(): Promise<void> {
    if (this.running) return;
    const { size } = this;
    const regular = Math.ceil((size * TICK_MS) / this.roundMs);
    const slice = Math.min(MAX_SLICE, this.hurried > 0 ? size : regular);
    this.hurried = Math.max(0, this.hurried - slice);
    this.running = true;
    const comparing: Promise<void>[] = [];
    for (let i = 0; i < slice; i++) {
      const compare = this.round.next();
      if (compare.done !== true) comparing.push(compare.value());
    }
    // What could not be compared has its turn again in the next round.
    await Promise.allSettled(comparing);
    this.running = false;
  }

  private get size(): number {
    return this.compared.reduce((sum, { size }) => sum + size, 0);
  }

  private *endless(): Generator<() => Promise<void>, never, undefined> {
    for (;;) for (const compared of this.compared) yield* compared.comparisons();
  }
}
