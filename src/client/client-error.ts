// Why something did not succeed.
import type { ErrorCode } from '../protocol/error-code.js';

/**
 * A code of the server, or one of the client's own.
 *
 * `CLOSED`: the client was closed. `BUFFER_FULL`: too much waits to be sent; this message does not. `TIMEOUT`: not answered in time; the message may have been
 * sent. `OUTCOME_UNKNOWN`: the connection broke and it is too late to send the message again harmlessly. `TOKEN_UNAVAILABLE`: the token provider
 * failed. `GAVE_UP`: `maxAttempts`, or the server wants no such client any more. `INVALID_NOTIFICATION`: it is not what the protocol says, and was left out. `HANDLER_FAILED`: a listener threw.
 */
export type ClientErrorCode =
  | ErrorCode
  | 'CLOSED'
  | 'BUFFER_FULL'
  | 'TIMEOUT'
  | 'OUTCOME_UNKNOWN'
  | 'TOKEN_UNAVAILABLE'
  | 'GAVE_UP'
  | 'INVALID_NOTIFICATION'
  | 'HANDLER_FAILED';

/** Every failure that the library tells of. */
export class ChatClientError extends Error {
  override readonly name = 'ChatClientError';

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    /** What the server's error frame says beside, such as `retry_after` (seconds), or the notification that it is about. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error that an `error` frame tells of. */
export function errorOf(data: Readonly<Record<string, unknown>>): ChatClientError {
  const { code, message, ...details } = data;
  return new ChatClientError(String(code) as ErrorCode, String(message), details);
}
