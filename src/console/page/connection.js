// A WebSocket that comes back by itself, with exponential back-off and full jitter.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Nothing but another token helps: authentication failed, or the token expired. */
const UNAUTHENTICATED = 4401;

/** What the server's close codes mean to whoever reads the page. */
const REASONS = {
  1001: 'the server is shutting down',
  1006: 'the connection broke',
  1009: 'a frame was too large',
  1013: 'the server is overloaded',
  4001: 'the lifetime of the connection is over',
  4400: 'too many invalid frames',
  4401: 'the token is not accepted, or has expired',
  4403: 'the client is banned',
  4408: 'no sign of life in time',
  4429: 'too many connections of this client',
};

/**
 * One client's connection. Its states are `offline`, `connecting`, `online` and `waiting` (for the next attempt).
 * `listener.stateChanged(state, text)` tells each change, `listener.frameArrived(text)` each frame.
 */
export class Connection {
  /** How often a connection came to be. */
  made = 0;
  #url;
  #listener;
  #token;
  #socket;
  #timer;
  #failures = 0;

  constructor(url, listener) {
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = '';
    url.hash = '';
    this.#url = url;
    this.#listener = listener;
  }

  /** Connects with this token, and stays connected until close(). */
  open(token) {
    this.close();
    this.#token = token;
    this.#failures = 0;
    this.#connect();
  }

  /** Closes the connection and stays away. */
  close() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(1000);
    this.#listener.stateChanged('offline', 'not connected');
  }

  /** Closes the connection as if something had happened to it: it comes back after its back-off. */
  cut() {
    this.#socket?.close(1000);
  }

  /** Sends a frame; false when there is no connection to send it on. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    this.#listener.stateChanged('connecting', 'connecting…');
    let socket;
    try {
      socket = new WebSocket(this.#url, ['chatapi.v1', `bearer.${this.#token}`]);
    } catch {
      // A subprotocol holds no spaces or quotes; no JWT does either.
      this.#listener.stateChanged('offline', 'this is not a token');
      return;
    }
    this.#socket = socket;
    const ifCurrent = (handle) => (event) => {
      if (socket === this.#socket) handle(event);
    };
    socket.onopen = ifCurrent(() => {
      this.#failures = 0;
      this.made++;
      this.#listener.stateChanged('online', 'connected');
    });
    socket.onmessage = ifCurrent(({ data }) => this.#listener.frameArrived(data));
    socket.onclose = ifCurrent(({ code }) => this.#closed(code));
  }

  #closed(code) {
    this.#socket = undefined;
    const reason = REASONS[code] ?? 'the line was cut';
    if (code === UNAUTHENTICATED) {
      this.#listener.stateChanged('offline', reason);
      return;
    }
    const delay = Math.random() * Math.min(FIRST_DELAY_MS * 2 ** this.#failures++, LONGEST_DELAY_MS);
    this.#listener.stateChanged('waiting', `${reason}; back in ${(delay / 1000).toFixed(1)} s`);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }
}
