// When what is missing of an ordered feed is read: not at once, since it may still come by itself, and one reading at a time.
import type { FeedCounters } from '../feed-counters.js';
import type { OrderedFeed } from './ordered-feed.js';

/** How long a number that is missing may still come by itself, ms: publications and answers come on two lines. */
const HEAL_AFTER_MS = 10;

/** Makes ordered feeds complete. */
export class Healer<F extends OrderedFeed<{ readonly seq: number }>> {
  /** @param readMissing brings everything that there is */
  constructor(
    private readonly readMissing: (feed: F) => Promise<void>,
    private readonly counters: Pick<FeedCounters, 'gapsHealed'>,
  ) {}

  /** Something is missing. */
  soon(feed: F): void {
    if (feed.healTimer !== undefined || feed.healing !== undefined || feed.closed) return;
    feed.healTimer = setTimeout(() => void this.heal(feed), HEAL_AFTER_MS);
  }

  /** Resolves when a number was brought; rejects when what is missing cannot be read. */
  async through(feed: F, seq: number): Promise<void> {
    if (feed.last === undefined || feed.last >= seq) return;
    const reached = feed.reached(seq);
    this.soon(feed);
    await reached;
  }

  private async heal(feed: F): Promise<void> {
    feed.healTimer = undefined;
    feed.healing = this.readMissing(feed);
    try {
      await feed.healing;
      this.counters.gapsHealed++;
      feed.settle();
    } catch (error) {
      feed.fail(error);
      return;
    } finally {
      feed.healing = undefined;
    }
    if (feed.incomplete) this.soon(feed);
  }
}
