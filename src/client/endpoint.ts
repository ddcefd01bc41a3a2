// Where to connect, and with what.
import { ChatClientError } from './client-error.js';
import type { Settled } from './client-options.js';
import type { WebSocketConstructor } from './web-socket.interface.js';

/** What a browser has around the library, and other places may have. */
export interface Surroundings {
  WebSocket?: unknown;
  location?: { href: string };
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
}

/** The address, without the token. */
export function endpoint({ url, device, acknowledge, debug }: Settled): string {
  const address = new URL(url, (globalThis as Surroundings).location?.href);
  address.protocol = address.protocol.replace('http', 'ws');
  address.hash = '';
  if (device !== undefined) address.searchParams.set('device', device);
  if (acknowledge === 'client') address.searchParams.set('ack', 'client');
  if (debug) address.searchParams.set('debug', 'true');
  return address.href;
}

/**
 * The class to connect with.
 *
 * @throws ChatClientError `GAVE_UP` where there is none
 */
export function webSocketOf({ WebSocket = (globalThis as Surroundings).WebSocket as WebSocketConstructor | undefined }: Settled): WebSocketConstructor {
  if (WebSocket === undefined) throw new ChatClientError('GAVE_UP', "There is no WebSocket here: give the option `WebSocket` the class of the `ws` package");
  return WebSocket;
}
