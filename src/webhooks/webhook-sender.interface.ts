// What sends webhooks, and the seam where another way is plugged in: a message broker, for example.

/** The injection token of the sender in use. */
export const WebhookSender = Symbol('WebhookSender');

/** One webhook on its way. */
export interface WebhookMessage {
  /** The same at every attempt: what the receiver removes duplicates by. */
  readonly id: string;
  /** JSON text: `id`, `type`, `timestamp`, `data`. The same at every attempt. */
  readonly body: string;
  /** From 1 on. */
  readonly attempt: number;
}

/** Why an attempt failed: an answer that is no 2xx, none in time, no connection, an address that is not allowed, or something else. */
export type WebhookFailure = 'status' | 'timeout' | 'unreachable' | 'address' | 'other';

/** What became of an attempt. */
export type WebhookOutcome =
  | { readonly kind: 'delivered' }
  /** It is tried again. */
  | {
      readonly kind: 'failed';
      readonly reason: WebhookFailure;
      /** For the log: holds no secret. */
      readonly detail: string;
      /** How long the receiver wants to be left alone, ms; bounded by WEBHOOK_BACKOFF_MAX_SECONDS. */
      readonly retryAfterMs?: number;
    }
  /** It is not tried again: the receiver says that it is not there any more. */
  | { readonly kind: 'gone'; readonly detail: string };

/**
 * Sends webhooks. Whatever it is, they come to it from the durable queue, and again until it has said that they are delivered or gone.
 *
 * @publicApi
 */
export interface WebhookSender {
  /**
   * Where it sends to: each has a queue of its own, so that one which fails holds up no other. Names that stay the same over restarts, of letters, digits, `_` and `-`. None:
   * there are no webhooks, and nothing is listened to.
   */
  readonly destinations: readonly string[];
  /**
   * Makes one attempt, of which WEBHOOK_CONCURRENCY are under way for each destination. It ends when the signal says so, and in any case within WEBHOOK_TIMEOUT_SECONDS and
   * some: an attempt that takes 5 s longer is taken for dead, and is made again. What it rejects with counts as `other`.
   */
  send(destination: string, message: WebhookMessage, signal: AbortSignal): Promise<WebhookOutcome>;
  /** Called once, when the last attempt has ended. */
  close?(): void | Promise<void>;
}
