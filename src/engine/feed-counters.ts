// What an engine over several servers counts of the ways between them: an optional ability.

/** Totals since the start. */
export interface FeedCounters {
  /** Times that something published was missing and was read from the store. */
  gapsHealed: number;
  /** Times that what was missing was not kept any more, and who receives was asked instead. */
  resyncs: number;
  /** Logs found without what they had brought: the store has gone back. */
  rewinds: number;
  /** Lines to the store that did not answer any more and were given up for another. */
  linesReplaced: number;
  /** What went wrong on lines to the store: lost, refused, without an answer. */
  lineErrors: number;
}

/** All zero. */
export function createFeedCounters(): FeedCounters {
  return { gapsHealed: 0, resyncs: 0, rewinds: 0, linesReplaced: 0, lineErrors: 0 };
}

/** An engine that counts them. */
export interface CountsFeed {
  readonly feedCounters: Readonly<FeedCounters>;
}

/** Whether an engine does. */
export function countsFeed<T extends object>(engine: T): engine is T & CountsFeed {
  return 'feedCounters' in engine;
}
