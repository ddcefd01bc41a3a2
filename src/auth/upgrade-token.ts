// Where a token may stand in a WebSocket upgrade: `?token=`, `Authorization: Bearer`, or the offered subprotocols.
import { BEARER_SUBPROTOCOL_PREFIX, ChatError } from '../protocol/index.js';
import { bearerTokens } from './bearer-header.js';

/** Headers by their name in lower case, each line of one name by itself where there are several. */
export type HeaderLines = Readonly<Partial<Record<string, string | readonly string[]>>>;

/**
 * The one token of an upgrade request.
 *
 * @param url The request's target, as in `IncomingMessage.url`.
 * @param headers As in `IncomingMessage.headersDistinct`: its `headers` hold no second `Authorization`.
 * @throws ChatError `CONNECTION_ERROR` when there is none, or when two different ones are given.
 */
export function extractUpgradeTokens(url: string, headers: HeaderLines): string {
  const found = bearerTokens(headers.authorization);
  for (const token of queryTokens(url)) found.add(token);
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

function subprotocolTokens(lines: string | readonly string[] = []): string[] {
  return String(lines)
    .split(',')
    .map((offer) => offer.trim())
    .filter((offer) => offer.startsWith(BEARER_SUBPROTOCOL_PREFIX) && offer.length > BEARER_SUBPROTOCOL_PREFIX.length)
    .map((offer) => offer.slice(BEARER_SUBPROTOCOL_PREFIX.length));
}
