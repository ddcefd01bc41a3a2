// The WebSocket that commands connect with: that of the `ws` package, which also knows how an upgrade was refused.
import { WebSocket } from 'ws';
import type { WebSocketConstructor } from '../client/index.js';

/** A class for the client library. `refused` gets the HTTP status of an upgrade that was refused, before the connection is told to have ended. */
export function clientWebSocket(refused: (status: number) => void = () => undefined): WebSocketConstructor {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { perMessageDeflate: false });
      this.on('unexpected-response', (_request, response) => {
        refused(response.statusCode ?? 0);
        this.terminate();
      });
    }
  };
}
