// Where a token may stand in a WebSocket upgrade: `?token=`, `Authorization: Bearer`, or the offered subprotocols.
import { type IncomingHttpHeaders } from 'node:http';
import { BEARER_SUBPROTOCOL_PREFIX, ChatError } from '../protocol/index.js';
import { bearerToken } from './bearer-header.js';

/**
 * The one token of an upgrade request.
 *
 * @param url The request's target, as in `IncomingMessage.url`.
 * @throws ChatError `CONNECTION_ERROR` when there is none, or when two different ones are given.
 */
export function extractUpgradeTokens(url: string, headers: IncomingHttpHeaders): string {
  const found = new Set<string>();
  for (const token of queryTokens(url)) found.add(token);
  const fromHeader = bearerToken(headers.authorization);
  if (fromHeader !== undefined) found.add(fromHeader);
  for (const token of subprotocolTokens(headers['sec-websocket-protocol'])) found.add(token);
  const [token] = found;
  if (token === undefined || found.size > 1) throw new ChatError('CONNECTION_ERROR');
  return token;
}

function queryTokens(url: string): string[] {
  const start = url.indexOf('?');
  if (start === -1) return [];
  return new URLSearchParams(url.slice(start)).getAll('token').filter((token) => token !== '');
}

function subprotocolTokens(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((offer) => offer.trim())
    .filter((offer) => offer.startsWith(BEARER_SUBPROTOCOL_PREFIX) && offer.length > BEARER_SUBPROTOCOL_PREFIX.length)
    .map((offer) => offer.slice(BEARER_SUBPROTOCOL_PREFIX.length));
}
