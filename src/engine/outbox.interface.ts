// What is to be sent to others, kept until it is: an ability that an engine may have.

/** A message to send. */
export interface OutboxMessage {
  /** The same for the same fact, whoever adds it and however often. */
  readonly id: string;
  readonly body: string;
}

/** What a destination's queue keeps. */
export interface OutboxLimits {
  /** Messages at a time; past it the oldest go first. */
  readonly max: number;
  /** How long an id that was added is remembered, so that it is not added again, ms. */
  readonly rememberMs: number;
  /** Messages that are still there so long after they were added may be forgotten without a word, ms: of destinations that nobody asks for any more. */
  readonly keepMs: number;
}

/** What became of messages that were to be added. */
export interface OutboxAdded {
  readonly added: number;
  /** Those whose id is remembered: they were added before. */
  readonly repeated: number;
  /** Messages, these among them, that went because there are too many. */
  readonly dropped: number;
}

/** A message that one process is to send now. */
export interface ClaimedMessage extends OutboxMessage {
  readonly addedAt: number;
  /** Which attempt this is, from 1 on. One that ends with its process counts. */
  readonly attempt: number;
}

/** What there is to do at a destination. */
export interface OutboxClaim {
  /** In the order in which they are due. */
  readonly messages: readonly ClaimedMessage[];
  /** When the next of the others is due, a lease that ends included; absent when there are none. */
  readonly nextAt?: number;
}

/** How much waits for a destination. */
export interface OutboxState {
  /** Those that are being sent included. */
  readonly size: number;
  /** When the oldest was added; absent when there is none. */
  readonly oldestAt?: number;
}

/**
 * Queues of messages, one a destination, shared by all processes over one store. All times are milliseconds since the epoch, by the caller's clock, which is the store's where
 * processes share one. Every promise that resolves for a write resolves after the write is as durable as a publish is. Rejects with `STORE_UNAVAILABLE` when it may or
 * may not have happened, which is safe to repeat; with `STORE_FULL` when it has not.
 *
 * A message is there from `add` to `remove`. Until it is removed it comes due again and again, so each is sent at least once; claims see to it that this is more than once only
 * when a process dies or does not answer for as long as its lease. Nothing is promised about the order of messages.
 *
 * @publicApi
 */
export interface Outbox {
  /** Adds messages that are due at once, but for those whose id is remembered. */
  add(destination: string, messages: readonly OutboxMessage[], limits: OutboxLimits, now: number): Promise<OutboxAdded>;
  /**
   * Takes up to `limit` messages that are due. No process is given them again for `leaseMs`, unless they are postponed before; then they are due again, whatever became of this one.
   */
  claim(destination: string, limit: number, now: number, leaseMs: number): Promise<OutboxClaim>;
  /** Makes a claimed message due at a time. Nothing happens when it was removed, or is claimed by another attempt by now. */
  postpone(destination: string, message: Pick<ClaimedMessage, 'id' | 'attempt'>, dueAt: number): Promise<void>;
  /** Removes messages, whoever has claimed them: sent, or given up. */
  remove(destination: string, ids: readonly string[]): Promise<void>;
  /** How much waits. */
  inspect(destination: string): Promise<OutboxState>;
}
