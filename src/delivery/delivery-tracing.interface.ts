// Following notifications through the server, for whoever does that: the core knows no more of tracing than this.
import type { AppendRequest, AppendResult } from '../engine/index.js';
import type { Delivered } from '../events/index.js';
import type { AppendedEntry } from '../log/index.js';

/** The injection token of whoever traces; nothing is provided where nobody does. */
export const DeliveryTracing = Symbol('DeliveryTracing');

/** A notification to append, and the trace that its publisher named. */
export interface TracedAppend {
  readonly request: AppendRequest;
  /** As in the publisher's `traceparent` header (W3C Trace Context); undefined when it named none. */
  readonly traceparent: string | undefined;
}

/**
 * Called in the path of every notification: must be quick, and must not throw but what `append` rejects with.
 *
 * @publicApi
 */
export interface DeliveryTracing {
  /** Appends, through `append`, these requests in this order; those that are traced with the `traceparent` that is to go along with their entries. */
  append(publications: readonly TracedAppend[], append: (requests: AppendRequest[]) => Promise<(AppendResult | Error)[]>): Promise<(AppendResult | Error)[]>;
  /**
   * Calls `deliver`, once, which writes these entries to who is connected here.
   *
   * @param receivers how many connections of this process receive from a log
   */
  fanOut(entries: readonly AppendedEntry[], receivers: (tenant: string, log: string) => number, deliver: () => void): void;
  /** Clients have acknowledged. */
  acknowledged(delivered: readonly Delivered[]): void;
  /** Hands over what it has; nothing is traced afterwards. */
  stop(): Promise<void>;
}
