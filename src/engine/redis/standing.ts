// Where a client stands in one of its logs.

/** Where a client stands in one of its logs. */
export interface Standing {
  readonly log: string;
  readonly head: number;
  readonly memberCount: number;
  readonly deleted: boolean;
  readonly after: number;
  /** Everything up to here is delivered or has fallen out. */
  cut: number;
  /** Silent numbers between `after` and `cut`. */
  silentBefore: number;
  /** Silent numbers behind `cut`. */
  silentBehind: number;
}

/** How many entries have fallen out. */
export function countDropped({ after, cut, silentBefore }: Standing): number {
  return cut <= after ? 0 : cut - after - silentBefore;
}

/** Deleted rooms are part of a queue only while something in them is pending. */
export function toQueue(found: readonly (Standing | undefined)[]): Standing[] {
  return found.filter((standing) => standing !== undefined).filter(({ deleted, after, head }) => !deleted || after < head);
}

/** How many entries are still to be delivered. */
export function countPending({ head, cut, silentBehind }: Standing): number {
  return head - cut - silentBehind;
}
