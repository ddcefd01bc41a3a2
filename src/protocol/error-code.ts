// The one table of error codes: what each means, and the HTTP status it is answered with.

/** What is known of a code. */
export interface ErrorCodeEntry {
  /** HTTP status of the `application/problem+json` answer. */
  readonly status: number;
  /** The message when nothing more exact is known; also the problem's title. */
  readonly message: string;
  /** The frame carries no `timestamp`, as the specification shows it. */
  readonly untimed?: true;
  /** The code that clients and publishers are told; its own when absent. */
  readonly toldAs?: string;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter?: number;
}

/** Every code that an `error` frame or an HTTP problem may carry. */
export const ERROR_CODES = {
  CONNECTION_ERROR: { status: 401, message: 'Authentication failed' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Message rate limit exceeded', untimed: true },
  CLIENT_BANNED: { status: 403, message: 'This client is banned' },
  UNAUTHENTICATED: { status: 401, message: 'A valid bearer token is required' },
  FORBIDDEN: { status: 403, message: 'The token does not allow this' },
  ROOM_NOT_FOUND: { status: 404, message: 'No such room, or not yours to see' },
  CLIENT_NOT_FOUND: { status: 404, message: 'No such client, or not yours to see' },
  MESSAGE_NOT_FOUND: { status: 404, message: 'No such message' },
  CONNECTION_NOT_FOUND: { status: 404, message: 'No such connection' },
  NOT_FOUND: { status: 404, message: 'No such resource' },
  ROOM_EXISTS: { status: 409, message: 'A room with this id exists' },
  INVALID_FRAME: { status: 400, message: 'The frame is not a JSON object with a type' },
  UNKNOWN_TYPE: { status: 400, message: 'Unknown frame type' },
  VALIDATION_ERROR: { status: 400, message: 'The request is not valid' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The content is too large' },
  QUEUE_OVERFLOW: { status: 410, message: 'Notifications were dropped: the queue was full' },
  SERVER_ERROR: { status: 500, message: 'Internal error' },
  AUDIT_NOT_READABLE: { status: 501, message: 'The audit trail cannot be read here' },
  STORE_UNAVAILABLE: { status: 503, message: 'The store cannot answer now; try again with the same id', toldAs: 'SERVER_ERROR', retryAfter: 1 },
  STORE_FULL: { status: 507, message: 'The store has no space left; nothing was written' },
} as const satisfies Record<string, ErrorCodeEntry>;

/** A stable, documented code of an error. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes that clients and publishers are told. */
export type ToldErrorCode = { [Code in ErrorCode]: (typeof ERROR_CODES)[Code] extends { toldAs: string } ? never : Code }[ErrorCode];
