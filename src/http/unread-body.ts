// Requests that are answered without reading their body.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long the peer may go on sending what nobody reads, ms. */
const DISCARDING_MS = 2_000;

/**
 * Cuts the connection when the rest of a request has not come soon after it was answered. Until then Node discards what comes: a
 * connection that is closed while its peer still sends is reset, and the peer may lose the answer with it.
 */
export function cutUnlessSent(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.destroy(), DISCARDING_MS);
    request.once('close', () => clearTimeout(timer));
  });
}
