// What was read of a queue, on its way from the store's thread.
import type { QueuePage, QueueRead } from '../../log/index.js';
import { unpackEntries, type PackedEntries } from './packed-entries.js';

/** A {@link QueuePage} whose entries are one string; undefined when it has none. */
export interface PackedPage extends Pick<QueuePage, 'log' | 'through'> {
  readonly entries: PackedEntries | undefined;
}

/** A {@link QueueRead} of such pages. */
export interface PackedRead extends Pick<QueueRead, 'dropped'> {
  readonly pages: readonly PackedPage[];
}

/** For the thread that asked. */
export function unpackRead({ pages, dropped }: PackedRead): QueueRead {
  return {
    pages: pages.map(({ log, entries, through }) => ({ log, entries: entries === undefined ? [] : unpackEntries(entries), through })),
    dropped,
  };
}
