// A client's queue: its positions in its logs, and what the logs still have for it.
import type { LogEntry } from './log-entry.js';
import type { QueueOwner } from './queue-owner.js';

/** A client's position in one of its logs. */
export interface QueuePosition {
  log: string;
  /** Everything after this `seq` is to be delivered. */
  after: number;
}

/** One of the logs a client receives from, when its queue is opened. */
export interface OpenedLog extends QueuePosition {
  /** Newest `seq`. */
  head: number;
  memberCount: number;
  /** The room is deleted: nothing comes behind `head`, even if a room of the same name is made. */
  ended?: boolean;
}

/** A client's queue at one point of every log's order. */
export interface OpenedQueue {
  /**
   * Its rooms, and always its own log. `after` is max(cursor, joinedSeq). A deleted room is there only while
   * something in it is still to be delivered.
   */
  logs: OpenedLog[];
  /** Whether this client and device has ever had a cursor. */
  known: boolean;
  /** The position in the presence changes up to which this client and device has been told. */
  presencePosition: number;
}

/** What a log still has for a client, beginning at its position. */
export interface QueuePage {
  log: string;
  /** In ascending order; holes are silent membership changes. */
  entries: LogEntry[];
  /** The position behind this page: at least the last entry's `seq`, the log's head when nothing more follows. */
  through: number;
}

/** Numbers of a log, both ends included. */
export interface SeqRange {
  fromSeq: number;
  toSeq: number;
}

/** Notifications that fell out of a queue: older than the newest QUEUE_MAX_PER_CLIENT over all its logs, or than QUEUE_TTL_SECONDS. */
export interface DroppedRange extends SeqRange {
  log: string;
  /** Notifications in the range; silent membership changes are not counted. */
  count: number;
}

export interface QueueRead {
  /** One for each position that has moved, in the order of the positions; logs behind the limit are missing. */
  pages: QueuePage[];
  /** What fell out; a page of the same log begins behind it. */
  dropped: DroppedRange[];
}

/** A cursor to raise. Positions are only ever raised: a lower one than is stored changes nothing. */
export interface CursorUpdate extends QueueOwner {
  log: string;
  /** Acknowledged, by transport or by the client. */
  seq: number;
  /** Acknowledged by `ack` frames; 0 when none came. */
  clientSeq: number;
  at: number;
  /** What fell out of the queue last on the way to `seq`: the client was told so, and never had it. */
  dropped?: SeqRange;
}

/** The part of an engine from which queues are read. */
export interface QueueReader {
  /**
   * The next pages after these positions, up to `limit` entries and about `maxBytes` of data in all, with what fell
   * out of the queue that the positions form.
   */
  readQueue(owner: QueueOwner, positions: readonly QueuePosition[], limit: number, maxBytes: number): Promise<QueueRead>;
}
