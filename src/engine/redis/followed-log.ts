// A log that somebody here receives from.
import type { AppendedEntry, LogAddress } from '../../log/index.js';
import type { EntryMark, LogEnd } from './log-end.js';
import { OrderedFeed } from './ordered-feed.js';

/** A client connected here, as far as a log is concerned. */
interface Follower {
  /** Known to be a member; otherwise that is being found out. */
  isMember: boolean;
}

/** How far the live feed has brought one log, and for whom. */
export class FollowedLog extends OrderedFeed<AppendedEntry> {
  /** The clients connected here that receive from it. */
  readonly clients = new Map<string, Follower>();
  /** The newest number that changed who receives, or may have: whatever was read before that says nothing about now. */
  lastChange = 0;
  /** Every change behind this number is brought, and none up to it may have been; undefined until it is known where to begin. */
  changesFrom: number | undefined = undefined;
  /** The newest incarnation that is known. */
  incarnation = 0;
  /** Finding out whether what was brought is still what the log holds. */
  verifying: Promise<void> | undefined = undefined;
  /** The newest entry that was brought, or was there when that began. */
  newest: EntryMark | undefined = undefined;

  constructor(
    readonly address: LogAddress,
    readonly channel: string,
  ) {
    super();
  }

  /** It ends like this: what comes behind is brought; returns what of that has come. */
  begin({ head, incarnation, newest }: LogEnd): readonly AppendedEntry[] {
    this.incarnation = incarnation;
    this.newest = newest;
    this.startAt(head);
    return this.moveTo(head);
  }

  /** Who receives is taken as it was read at this number: what was read before that says nothing about now. */
  startAt(seq: number): void {
    this.lastChange = seq;
    this.changesFrom = seq;
  }

  override restart(seq: number): readonly AppendedEntry[] {
    this.startAt(seq);
    return super.restart(seq);
  }

  protected override advance(items: readonly AppendedEntry[]): void {
    super.advance(items);
    for (const { seq, change, entry } of items) {
      if (change !== undefined) this.lastChange = seq;
      if (entry !== undefined) this.newest = entry;
    }
  }
}
