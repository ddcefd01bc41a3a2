// Where a log ends, and what stands there.

/** Head, incarnation, number and incarnation of the newest entry that is kept, or zeros. */
export type LogEndReply = [head: number, incarnation: number, newestSeq: number, newestIncarnation: number];

/** An entry that can be recognised: at a server that has lost it, another one has its number and not its incarnation. */
export interface EntryMark {
  readonly seq: number;
  readonly incarnation: number;
}

/** The end of a log at one time. */
export interface LogEnd {
  readonly head: number;
  /** That of the newest write. */
  readonly incarnation: number;
  /** The newest entry; undefined when none is kept. */
  readonly newest: EntryMark | undefined;
}

/** The end of a log that does not exist. */
export const EMPTY: LogEnd = { head: 0, incarnation: 0, newest: undefined };

/** Reads the first parts of a script's reply. */
export function toLogEnd([head, incarnation, seq, newestIncarnation]: readonly [...LogEndReply, ...unknown[]]): LogEnd {
  return { head, incarnation, newest: seq === 0 ? undefined : { seq, incarnation: newestIncarnation } };
}
