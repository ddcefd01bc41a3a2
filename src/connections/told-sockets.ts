// WebSockets that were accepted only to be told why they are refused: few at a time, and not for long.
import type { WebSocket } from 'ws';

/** Of one address, and of all: beyond either the refusal is an HTTP answer. */
const MAX_OF_NETWORK = 32;
const MAX_OF_ALL = 1024;

/** How long such a socket may take to answer the close frame before it is destroyed, ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Counts them until their sockets are closed. They take no place of those that may stay. */
export class ToldSockets {
  private readonly byNetwork = new Map<string, number>();
  private total = 0;

  /** Whether another one of this network may be told over a WebSocket. */
  hasRoom(network: string): boolean {
    return this.total < MAX_OF_ALL && (this.byNetwork.get(network) ?? 0) < MAX_OF_NETWORK;
  }

  /** A socket was told, and is being closed. */
  add(network: string, webSocket: WebSocket): void {
    this.total++;
    this.byNetwork.set(network, (this.byNetwork.get(network) ?? 0) + 1);
    const cut = setTimeout(() => webSocket.terminate(), CLOSE_TIMEOUT_MS);
    cut.unref();
    webSocket.once('close', () => {
      clearTimeout(cut);
      this.remove(network);
    });
  }

  private remove(network: string): void {
    this.total--;
    const left = (this.byNetwork.get(network) ?? 1) - 1;
    if (left === 0) this.byNetwork.delete(network);
    else this.byNetwork.set(network, left);
  }
}
