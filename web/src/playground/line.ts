// The playground's line to the server: one client's WebSocket that comes back by itself, and can be cut.

import { duration, seconds } from '../format.js';

/** How it stands. `waiting`: for the next attempt. */
export type LineState = 'offline' | 'connecting' | 'online' | 'waiting';

/** How to connect. */
export interface LineOptions {
  token: string;
  /** Empty for the shared position. */
  device: string;
  /** Only `ack` frames acknowledge. */
  clientAcknowledges: boolean;
  /** Every notification comes with its debug data, where the server allows it. */
  debug: boolean;
}

/** What a line tells. */
export interface LineListener {
  stateChanged(state: LineState, text: string): void;
  frameArrived(text: string): void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Coming back by itself would not help: too many invalid frames, a token that is not accepted, a ban, too many connections. */
const STAYS_AWAY = [4400, 4401, 4403, 4429];

/** What close codes mean to whoever looks at the page (docs/websocket.md). */
const REASONS: Readonly<Record<number, string>> = {
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

/** After each end but those at somebody's wish it connects again, with exponential back-off and full jitter. */
export class Line {
  private options: LineOptions | undefined;
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(private readonly listener: LineListener) {}

  /** Connects, and stays connected until {@link close}. */
  open(options: LineOptions): void {
    this.end();
    this.options = options;
    this.failures = 0;
    this.connect();
  }

  /** Closes the line and stays away. */
  close(): void {
    this.end();
    this.options = undefined;
    this.listener.stateChanged('offline', 'not connected');
  }

  /** Ends the connection as if something had happened to it; it comes back after that time. */
  cut(awayMs: number): void {
    if (this.socket === undefined) return;
    this.end();
    this.wait(awayMs, 'the line was cut');
  }

  /** Connects now, not at the end of the wait. */
  hurry(): void {
    clearTimeout(this.timer);
    if (this.options !== undefined && this.socket === undefined) this.connect();
  }

  /** Sends a frame; false when there is no connection to send it on. */
  send(text: string): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(text);
    return true;
  }

  private connect(): void {
    const { options } = this;
    if (options === undefined) return;
    this.listener.stateChanged('connecting', 'connecting…');
    let socket: WebSocket;
    try {
      // Not in the address, which proxies log: in the offered subprotocols (docs/websocket.md).
      socket = new WebSocket(addressOf(options), ['chatapi.v1', `bearer.${options.token}`]);
    } catch {
      // A subprotocol holds no spaces or quotes; no JWT does either.
      this.options = undefined;
      this.listener.stateChanged('offline', 'this is not a token');
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.listener.stateChanged('online', 'connected');
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => this.listener.frameArrived(data);
    socket.onclose = ({ code }) => this.closed(code);
  }

  private closed(code: number): void {
    this.socket = undefined;
    const reason = REASONS[code] ?? `closed with ${code}`;
    if (STAYS_AWAY.includes(code)) {
      this.options = undefined;
      this.listener.stateChanged('offline', reason);
      return;
    }
    this.wait(Math.random() * Math.min(FIRST_DELAY_MS * 2 ** this.failures++, LONGEST_DELAY_MS), reason);
  }

  private wait(ms: number, reason: string): void {
    this.listener.stateChanged('waiting', `${reason}; back in ${ms < 10_000 ? seconds(ms / 1000) : duration(ms)}`);
    this.timer = setTimeout(() => this.connect(), ms);
  }

  /** Lets go of the socket, whatever it still has to say. */
  private end(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }
}

function addressOf({ device, clientAcknowledges, debug }: LineOptions): URL {
  const url = new URL('ws', document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  if (device !== '') url.searchParams.set('device', device);
  if (clientAcknowledges) url.searchParams.set('ack', 'client');
  if (debug) url.searchParams.set('debug', 'true');
  return url;
}
