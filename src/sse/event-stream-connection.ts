// A connection that is an event stream: the answer to one GET request, which does not end.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ABNORMAL_CLOSURE, Connection, type ConnectionOrigin, type ConnectionRequest } from '../connections/index.js';
import type { PingedFrames, ReceivedPositions } from '../log/index.js';
import { CloseCode, type ReconnectData } from '../protocol/index.js';
import { EventIds } from './event-id.js';
import type { EventTexts } from './event-texts.js';

/** The client has ended it, and could not say why (RFC 6455 §7.1.5). */
const NO_STATUS = 1005;

/** How long what was written before the end may take to leave, ms. */
const CLOSE_TIMEOUT_MS = 5_000;

/** When a client comes back that has too many connections, ms: each that comes back at once would end another one. */
const TOO_MANY_RETRY_MS = 60_000;

/** A comment: says that the line is there, and is nothing to the page. */
const HEARTBEAT = Buffer.from(':\n\n');

const NO_INCOMING = { pause: ignore, resume: ignore };

/** What an event stream needs beside what every connection does. */
export interface EventStreamOptions {
  /** SEND_BUFFER_MAX_BYTES. */
  readonly sendBufferMaxBytes: number;
  /** SSE_EVENT_ID_MAX_BYTES. */
  readonly eventIdMaxBytes: number;
  /** How long the client waits before it comes back when the line breaks, ms. */
  readonly retryMs: number;
}

/**
 * Nothing comes back over it. So what stands for a pong is that everything before the ping has left the process, which bounds what waits here for a client
 * that reads slowly; what has arrived, its client says when it comes back (`received`).
 */
export class EventStreamConnection extends Connection {
  readonly transport = 'sse';
  readonly compressed = false;
  private readonly ids: EventIds;
  private state: 'open' | 'closing' | 'ended' = 'open';
  private wroteSincePing = false;
  private endedWith: number | undefined;
  private hasFailed = false;
  private flushed: (nonce: Uint8Array) => void = ignore;

  constructor(
    origin: ConnectionOrigin,
    request: ConnectionRequest,
    override readonly received: ReceivedPositions | undefined,
    private readonly response: ServerResponse,
    socket: Socket,
    private readonly texts: EventTexts,
    { sendBufferMaxBytes, eventIdMaxBytes, retryMs }: EventStreamOptions,
  ) {
    super(origin, request, socket, NO_INCOMING, sendBufferMaxBytes);
    this.ids = new EventIds(eventIdMaxBytes);
    socket.once('error', () => (this.hasFailed = true));
    response.on('error', ignore);
    response.once('close', () => this.end());
    this.retryAfter(retryMs);
  }

  /** Tells of each ping that everything before it has left the process. */
  onFlushed(listener: (nonce: Uint8Array) => void): void {
    this.flushed = listener;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  get bufferedBytes(): number {
    return this.response.writableLength;
  }

  write(frames: Buffer): void {
    if (this.isOpen) this.writeEvents(frames);
  }

  writeWithPing(frames: Buffer, nonce: Uint8Array): void {
    if (this.isOpen) this.writeEvents(frames, this.whenFlushed(nonce));
  }

  writePinged({ frames, nonce }: PingedFrames): void {
    this.writeWithPing(frames, nonce);
  }

  /** A comment goes along when nothing was written since the last one: that is a heartbeat. */
  ping(nonce: Uint8Array): void {
    if (!this.isOpen) return;
    if (this.wroteSincePing && this.bufferedBytes === 0) setImmediate(() => this.hasFlushed(nonce));
    else this.response.write(HEARTBEAT, this.whenFlushed(nonce));
    this.wroteSincePing = false;
  }

  override resume(accepted: ReceivedPositions): void {
    this.ids.begin(accepted);
  }

  override sendReconnect({ after_ms: afterMs }: ReconnectData, busyMs = 0): void {
    this.retryAfter(busyMs + afterMs);
  }

  onHeard(): void {
    // Nothing comes over it.
  }

  onEnd(listener: (code: number) => void): void {
    if (this.endedWith !== undefined) listener(this.endedWith);
    else this.response.once('close', () => listener(this.endedWith ?? NO_STATUS));
  }

  terminate(): void {
    this.socket.destroy();
  }

  protected beginClose(code: number): void {
    if (!this.isOpen) return;
    if (code === CloseCode.TooManyConnections) this.retryAfter(TOO_MANY_RETRY_MS);
    this.state = 'closing';
    this.response.end();
    const cut = setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
    this.response.once('close', () => clearTimeout(cut));
  }

  private writeEvents(frames: Buffer, done?: (error?: Error | null) => void): void {
    this.wroteSincePing = true;
    const text = this.texts.of(frames);
    text.writeTo(this.response, text.position && this.ids.move(text.position), done);
  }

  private whenFlushed(nonce: Uint8Array): (error?: Error | null) => void {
    return (error) => {
      if (!error) this.hasFlushed(nonce);
    };
  }

  private hasFlushed(nonce: Uint8Array): void {
    if (this.state !== 'ended') this.flushed(nonce);
  }

  private retryAfter(ms: number): void {
    if (this.isOpen) this.response.write(`retry: ${Math.round(ms)}\n\n`);
  }

  private end(): void {
    this.state = 'ended';
    this.endedWith = this.closeCode ?? (this.hasFailed ? ABNORMAL_CLOSURE : NO_STATUS);
  }
}

function ignore(): void {
  // Nothing to do.
}
