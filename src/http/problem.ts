// Errors as `application/problem+json` (RFC 9457).
import { HttpException } from '@nestjs/common';
import { ChatError, ERROR_CODES, type ToldErrorCode } from '../protocol/index.js';

/** The media type of a problem. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** The body that answers an error. */
export interface Problem {
  type: 'about:blank';
  /** What the code means. */
  title: string;
  status: number;
  code: ToldErrorCode;
  /** What is wrong this time. */
  detail: string;
  /** What is wrong with each field (`VALIDATION_ERROR`); `members.0` is the first of `members`. */
  errors?: Record<string, string[]>;
  /** Seconds after which it is worth trying again, where that is known. */
  retry_after?: number;
  /** Members of its own, such as when a ban ends. */
  [member: string]: unknown;
}

/** The codes of errors that the platform makes itself: unknown routes, bodies it cannot read. */
const PLATFORM_CODES: Readonly<Record<number, ToldErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  503: 'SERVER_ERROR',
};

/** More exact words for some of them. The platform's own messages are not passed on: they quote the request. */
const PLATFORM_DETAILS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  413: 'The body is too large',
  414: 'The path is too long',
  415: 'The content type is not one that this route reads',
  503: 'Not available now; try again later',
};

/** The problem that answers an error of any kind; one that nobody foresaw is a `SERVER_ERROR` that tells nothing. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ChatError) return chatProblem(error);
  const status = platformStatus(error);
  if (status === undefined) return chatProblem(new ChatError('SERVER_ERROR'));
  const code = PLATFORM_CODES[status] ?? (status < 500 ? 'VALIDATION_ERROR' : 'SERVER_ERROR');
  const title = ERROR_CODES[code].message;
  return { type: 'about:blank', title, status, code, detail: PLATFORM_DETAILS[status] ?? title };
}

/** The headers of the answer that holds a problem. */
export function problemHeaders({ status, retry_after: retryAfter }: Problem): Record<string, string> {
  return {
    'Content-Type': PROBLEM_CONTENT_TYPE,
    // RFC 9110 §11.6.1: a 401 names the scheme that would do.
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    // RFC 9110 §10.2.3.
    ...(typeof retryAfter === 'number' && { 'Retry-After': String(retryAfter) }),
  };
}

function chatProblem(error: ChatError): Problem {
  const { code, toldAs, toldDetails, status, message } = error;
  return { ...toldDetails, type: 'about:blank', title: ERROR_CODES[code].message, status, code: toldAs, detail: message };
}

/** The status of an error made by Nest, Fastify (`FST_…`) or Node; undefined for any other. */
function platformStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  // Node's error for a body that was broken off: whoever sent it is gone, and nothing went wrong here.
  if (code === 'ECONNRESET' && error.message === 'aborted') return 400;
  return typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' ? statusCode : undefined;
}
