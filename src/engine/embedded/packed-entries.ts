// Entries of one log in one string: SQLite puts it together, and it crosses between the threads, for a third of what an object for each row costs.
import type { LogEntry } from '../../log/index.js';

/** Stands behind an entry's numbers and type, and between entries. Data is JSON text, in which it cannot stand (RFC 8259, section 7). */
const SEPARATOR = '\x1e';

/** An aggregate over rows with the columns of a {@link LogEntry}, in ascending order. */
export const PACKED = `group_concat(seq || ',' || incarnation || ',' || at || ',' || type || char(30) || data, char(30))`;

/** Entries in ascending order. */
export interface PackedEntries {
  readonly count: number;
  /** The last one's. */
  readonly lastSeq: number;
  readonly text: string;
}

/** As many entries from the beginning as it takes to reach `length` characters; all of them when they do not. */
export function cutPacked(packed: PackedEntries, length: number): PackedEntries {
  const { text } = packed;
  if (text.length <= length) return packed;
  let count = 0;
  let begin = 0;
  let end = -1;
  do {
    begin = end + 1;
    const data = text.indexOf(SEPARATOR, begin) + 1;
    end = text.indexOf(SEPARATOR, data);
    count++;
  } while (end >= 0 && end < length);
  return end < 0 ? packed : { count, lastSeq: Number(text.slice(begin, text.indexOf(',', begin))), text: text.slice(0, end) };
}

/** The entries of one text behind those of another. */
export function joinPacked(first: PackedEntries | undefined, second: PackedEntries): PackedEntries {
  if (first === undefined || first.count === 0) return second;
  if (second.count === 0) return first;
  return { count: first.count + second.count, lastSeq: second.lastSeq, text: first.text + SEPARATOR + second.text };
}

/** The entries again. Their strings are parts of the text: whoever keeps one of them keeps it all in memory. */
export function unpackEntries({ count, text }: PackedEntries): LogEntry[] {
  const entries = new Array<LogEntry>(count);
  let begin = 0;
  for (let i = 0; i < count; i++) {
    const incarnation = text.indexOf(',', begin) + 1;
    const at = text.indexOf(',', incarnation) + 1;
    const type = text.indexOf(',', at) + 1;
    const data = text.indexOf(SEPARATOR, type) + 1;
    const end = i + 1 < count ? text.indexOf(SEPARATOR, data) : text.length;
    entries[i] = {
      seq: Number(text.slice(begin, incarnation - 1)),
      incarnation: Number(text.slice(incarnation, at - 1)),
      type: text.slice(type, data - 1),
      data: text.slice(data, end),
      at: Number(text.slice(at, type - 1)),
    };
    begin = end + 1;
  }
  return entries;
}
