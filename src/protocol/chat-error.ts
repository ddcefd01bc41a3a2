// The base of every failure that a client or publisher is told about.
import { ERROR_CODES, type ErrorCode, type ErrorCodeEntry, type ToldErrorCode } from './error-code.js';

/**
 * A failure with a stable code. Its message is shown to whoever caused it, so it never holds a token or another client's data.
 *
 * @publicApi
 */
export class ChatError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string = ERROR_CODES[code].message,
    /** Additional members of the error frame's data and of the HTTP problem. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  /** `data` of the `error` frame that tells of it. `timestamp`: RFC 3339. */
  frameData(timestamp: string): Record<string, unknown> {
    const entry: ErrorCodeEntry = ERROR_CODES[this.code];
    return { code: this.toldAs, message: this.message, ...(entry.untimed === undefined && { timestamp }), ...this.toldDetails };
  }

  /** The code that is told. */
  get toldAs(): ToldErrorCode {
    const { toldAs = this.code }: ErrorCodeEntry = ERROR_CODES[this.code];
    return toldAs as ToldErrorCode;
  }

  /** The details, with when to try again where that is known of every such error. */
  get toldDetails(): Readonly<Record<string, unknown>> {
    const { retryAfter }: ErrorCodeEntry = ERROR_CODES[this.code];
    return { ...(retryAfter !== undefined && { retry_after: retryAfter }), ...this.details };
  }

  /** The HTTP status that answers this error. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}
