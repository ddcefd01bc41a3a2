// Reading a WebSocket upgrade: who asks (by its token), and for what kind of connection.
import type { IncomingMessage } from 'node:http';
import { type Authenticator, extractUpgradeTokens, type Principal } from '../auth/index.js';
import { ChatError, DEVICE_PATTERN, SHARED_DEVICE, SUBPROTOCOL_V1 } from '../protocol/index.js';
import type { ConnectionRequest } from './connection.js';
import { offersAreReadable } from './deflate-negotiation.js';

/**
 * Whether it is an opening handshake, as far as the WebSocket library does not look: of HTTP/1.1, with one Host (RFC 6455 §4.1,
 * RFC 9112 §3.2), without a body, where a proxy and this server could disagree about what follows, and with extensions that can be read.
 */
export function isOpeningHandshake({ method, httpVersion, headers, rawHeaders }: IncomingMessage): boolean {
  if (method !== 'GET' || httpVersion !== '1.1' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) return false;
  if (!offersAreReadable(headers)) return false;
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length === 1;
}

/** Whether the client offers `chatapi.v1`. */
export function offersControlFrames(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'];
  return offered !== undefined && offered.split(',').some((name) => name.trim() === SUBPROTOCOL_V1);
}

/**
 * Verifies the token and reads the query.
 *
 * @throws ChatError `CONNECTION_ERROR` when the token is missing, ambiguous, not valid or revoked; `VALIDATION_ERROR` for an
 * unusable `device`, `ack` or `debug`
 */
export async function readUpgradeRequest(request: IncomingMessage, authenticator: Authenticator): Promise<ConnectionRequest> {
  const url = request.url ?? '/';
  const principal = await authenticate(authenticator, extractUpgradeTokens(url, request.headersDistinct));
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const device = query.get('device') ?? SHARED_DEVICE;
  if (device !== SHARED_DEVICE && !DEVICE_PATTERN.test(device)) {
    throw new ChatError('VALIDATION_ERROR', 'device must be 1 to 64 characters: letters, digits and _ . : @ -');
  }
  const acknowledgement = query.get('ack') ?? 'transport';
  if (acknowledgement !== 'transport' && acknowledgement !== 'client') throw new ChatError('VALIDATION_ERROR', 'ack must be client');
  const debug = query.get('debug') ?? 'false';
  if (debug !== 'true' && debug !== 'false') throw new ChatError('VALIDATION_ERROR', 'debug must be true or false');
  return { principal, device, controlFrames: offersControlFrames(request), acknowledgement, debugAsked: debug === 'true' };
}

async function authenticate(authenticator: Authenticator, token: string): Promise<Principal> {
  try {
    return await authenticator.authenticate(token);
  } catch (cause) {
    throw new ChatError('CONNECTION_ERROR', undefined, {}, { cause });
  }
}
