// The part of a WebSocket that the library uses: the browser's own, Node's (22 and later), or the class of `ws`.

/** One connection (https://websockets.spec.whatwg.org). The handlers' types differ between libraries, so none are named. */
export interface WebSocketLike {
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Lets go of the socket at once. Browsers have no such thing. */
  terminate?(): void;
}

/** A class of WebSockets. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;
