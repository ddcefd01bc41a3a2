// CORS (WHATWG Fetch §3.2) for what pages of allowed origins need beside WebSockets, which have none.
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ConnectionAdmission } from '../connections/index.js';

/** How long a browser may remember the answer to a preflight, seconds. */
const PREFLIGHT_SECONDS = 600;

/** What EventSource sends by itself, and what those send that stand in for it. */
const HEADERS = 'Authorization, Cache-Control, Content-Type, Last-Event-ID';

@Injectable()
export class PageAccess {
  constructor(private readonly admission: ConnectionAdmission) {}

  /** The headers that let a page read the answer; undefined for a page that may not (ALLOWED_ORIGINS). */
  headersFor(request: IncomingMessage): Record<string, string> | undefined {
    const { origin } = request.headers;
    if (origin === undefined) return { Vary: 'Origin' };
    if (!this.admission.allowsPage(request)) return undefined;
    return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After', Vary: 'Origin' };
  }

  /** The headers of the answer to a preflight. */
  preflightFor(request: IncomingMessage, method: 'GET' | 'POST'): Record<string, string> | undefined {
    const headers = this.headersFor(request);
    return headers && { ...headers, 'Access-Control-Allow-Methods': method, 'Access-Control-Allow-Headers': HEADERS, 'Access-Control-Max-Age': String(PREFLIGHT_SECONDS) };
  }
}
