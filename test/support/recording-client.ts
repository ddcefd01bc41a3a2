// A WebSocket client that notes every frame it gets, and can misbehave in the ways that networks and clients do.
import { EventEmitter, once } from 'node:events';
import { type PerMessageDeflateOptions, WebSocket } from 'ws';
import { type Frame, isOrdered, orderOf } from './frame.js';
import type { History, Observer } from './history.js';
import type { ServerProcess } from './server-process.js';
import { signToken } from './tokens.js';
import { until } from './until.js';

const WAIT_TIMEOUT_MS = 15_000;

/** How a client connects. */
export interface RecordingClientOptions {
  /** A token to use instead of an ordinary one of this client. */
  token?: string;
  /** Without the subprotocol `chatapi.v1`. */
  plain?: boolean;
  device?: string;
  /** Only `ack` frames acknowledge. */
  acknowledgesItself?: boolean;
  /** Asks for debug mode. */
  debug?: boolean;
  /** What becomes of the server's pings; `answer` when absent. */
  pings?: 'answer' | 'ignore' | 'garble';
  /** The offer of permessage-deflate; none when absent. */
  compression?: PerMessageDeflateOptions;
  /** Where everything is noted. */
  history?: History;
  /** Connecting fails when the upgrade was not answered within this time; by default it waits as long as it takes. */
  handshakeTimeoutMs?: number;
  /** Header lines of the upgrade beside the usual ones. */
  headers?: Readonly<Record<string, string>>;
}

/** A frame, and the connection that brought it. */
export interface RecordedFrame {
  connection: number;
  frame: Frame;
}

/** How a connection ended. */
export interface Closed {
  code: number;
  reason: string;
}

/** The connection ended before a command was answered. */
export class ConnectionLostError extends Error {
  override name = 'ConnectionLostError';
}

/** One client (on one device), over as many connections as it makes, one at a time. */
export class RecordingClient {
  /** Everything it got, over all connections. */
  readonly received: RecordedFrame[] = [];
  readonly observer: Observer;
  /** How the newest connection ended; undefined while it lasts. */
  closed: Closed | undefined;
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly commands = new Map<string, { resolve: (frame: Frame) => void; reject: (error: Error) => void }>();
  private socket: WebSocket | undefined;
  private connection = 0;
  private refs = 0;
  private consumed = 0;
  /** Frames with an id: no errors, no control frames. */
  private notifications = 0;
  /** How many notifications had come when the server last asked for an acknowledgement. */
  private askedAfter = 0;

  constructor(
    private readonly server: Pick<ServerProcess, 'port'> & Partial<Pick<ServerProcess, 'host'>>,
    readonly clientId: string,
    private readonly options: RecordingClientOptions = {},
  ) {
    this.observer = { client: clientId, device: options.device ?? '' };
  }

  /** All frames, over all connections. */
  get frames(): Frame[] {
    return this.received.map(({ frame }) => frame);
  }

  /** The frames of the newest connection. */
  get framesOfConnection(): Frame[] {
    return this.received.filter(({ connection }) => connection === this.connection).map(({ frame }) => frame);
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** The subprotocol that the server chose. */
  get protocol(): string {
    return this.socket?.protocol ?? '';
  }

  /** The socket, for what this class does not know. */
  get webSocket(): WebSocket {
    if (this.socket === undefined) throw new Error(`${this.clientId} has never connected`);
    return this.socket;
  }

  /** Connects; rejects when the upgrade is refused. */
  async connect(): Promise<this> {
    const { pings = 'answer', plain = false, compression = false, handshakeTimeoutMs, headers = {} } = this.options;
    const socket = new WebSocket(this.url(), plain ? [] : ['chatapi.v1'], {
      autoPong: pings === 'answer',
      perMessageDeflate: compression,
      headers,
      ...(handshakeTimeoutMs !== undefined && { handshakeTimeout: handshakeTimeoutMs }),
    });
    this.socket = socket;
    this.closed = undefined;
    this.connection = this.options.history?.connected(this.observer) ?? this.connection + 1;
    const connection = this.connection;
    if (pings === 'garble') socket.on('ping', () => socket.pong('something else'));
    socket.on('ping', () => this.asked());
    socket.on('message', (data) => this.note(connection, JSON.parse((data as Buffer).toString()) as Frame));
    socket.on('close', (code, reason) => this.ended(socket, connection, { code, reason: reason.toString() }));
    await once(socket, 'open');
    socket.on('error', () => {
      // What went wrong is in the close code.
    });
    return this;
  }

  /** Ends the connection with a closing handshake. */
  async closeCleanly(): Promise<void> {
    this.webSocket.close(1000);
    await this.ending();
  }

  /** Breaks the connection without a close frame. What was on its way is lost: the library would still read it. */
  async cut(): Promise<void> {
    this.webSocket.removeAllListeners('message');
    this.webSocket.terminate();
    await this.ending();
  }

  /** Resolves when the server has read the pong for everything that has come. Needs `chatapi.v1`. */
  async acknowledged(): Promise<void> {
    const count = this.notifications;
    await this.until('the server to ask', () => this.askedAfter >= count);
    this.send({ type: 'ping' });
    await this.next('pong', ({ type }) => type === 'pong');
  }

  /** Resolves when the newest connection has ended. */
  async ending(): Promise<Closed> {
    await this.until('its connection to end', () => this.closed !== undefined);
    return this.closed as Closed;
  }

  /** Sends a command and resolves with the `ack` or `error` that answers it; rejects when the connection ends first. */
  command(type: string, data: unknown): Promise<Frame> {
    const ref = String(++this.refs);
    const answered = new Promise<Frame>((resolve, reject) => {
      this.commands.set(ref, { resolve, reject });
    });
    this.send({ type, ref, data });
    return answered;
  }

  /** Acknowledges everything that has come on the newest connection by `ack` frames. */
  acknowledgeAll(): void {
    const newest = new Map<string, number>();
    for (const frame of this.framesOfConnection) if (isOrdered(frame)) newest.set(orderOf(frame), frame.seq);
    for (const [room_id, seq] of newest) this.send({ type: 'ack', data: { room_id, seq } });
  }

  /** Sends a frame: text as it is, anything else as JSON. */
  send(frame: unknown): void {
    this.webSocket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame that matches, among those behind the one that this returned last. */
  async next(what: string, match: (frame: Frame) => boolean): Promise<Frame> {
    let found: Frame | undefined;
    await this.until(what, () => {
      while (found === undefined && this.consumed < this.received.length) {
        const { frame } = this.received[this.consumed++];
        if (match(frame)) found = frame;
      }
      return found !== undefined;
    });
    return found as unknown as Frame;
  }

  /** Resolves when the condition holds; it is looked at again whenever a frame comes or the connection ends. */
  until(what: string, condition: () => boolean): Promise<void> {
    return until(this.changes, condition, {
      inVain: () => {
        const newest = this.frames.slice(-5).map((frame) => JSON.stringify(frame));
        return `${this.clientId} waited in vain for ${what}; its newest frames of ${this.received.length}:\n${newest.join('\n')}`;
      },
      timeoutMs: WAIT_TIMEOUT_MS,
    });
  }

  private asked(): void {
    this.askedAfter = this.notifications;
    this.changes.emit('change');
  }

  private url(): string {
    const { token = signToken({ sub: this.clientId }), device, acknowledgesItself, debug } = this.options;
    const { host = '127.0.0.1', port } = this.server;
    const query = new URLSearchParams({ token, ...(device !== undefined && { device }), ...(acknowledgesItself && { ack: 'client' }), ...(debug && { debug: 'true' }) });
    return `ws://${host}:${port}/ws?${query.toString()}`;
  }

  private note(connection: number, frame: Frame): void {
    this.received.push({ connection, frame });
    if (frame.id !== undefined) this.notifications++;
    this.options.history?.record({ kind: 'frame', observer: this.observer, connection, frame });
    if (frame.ref !== undefined) {
      this.commands.get(frame.ref)?.resolve(frame);
      this.commands.delete(frame.ref);
    }
    this.changes.emit('change');
  }

  private ended(socket: WebSocket, connection: number, closed: Closed): void {
    this.options.history?.record({ kind: 'disconnect', observer: this.observer, connection });
    if (socket === this.socket) this.closed = closed;
    for (const { reject } of this.commands.values()) reject(new ConnectionLostError(`closed with ${closed.code}`));
    this.commands.clear();
    this.changes.emit('change');
  }
}
