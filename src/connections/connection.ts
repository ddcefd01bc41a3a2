// One client's WebSocket: what it is, its outgoing frames, and its commands in the order it sent them.
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Principal } from '../auth/index.js';
import type { AcknowledgementMode, DeliveryStream, FrameSink, QueueOwner } from '../log/index.js';
import { type ChatError, controlText, encodePingFrame, encodeTextFrame } from '../protocol/index.js';
import { CommandChain } from './command-chain.js';

/** What the upgrade request asked for. */
export interface ConnectionRequest {
  readonly principal: Principal;
  /** Empty for the shared position. */
  readonly device: string;
  /** Whether the client speaks `chatapi.v1`. */
  readonly controlFrames: boolean;
  readonly acknowledgement: AcknowledgementMode;
}

/**
 * A connection. Frames are written to the socket itself: they are encoded once and shared, and the WebSocket library
 * only adds its closing handshake behind them, on the same socket, so the order is kept.
 *
 * @publicApi
 */
export class Connection implements FrameSink, ConnectionRequest {
  readonly principal: Principal;
  readonly device: string;
  readonly controlFrames: boolean;
  readonly acknowledgement: AcknowledgementMode;
  /** Its commands, one after the other. */
  readonly commands: CommandChain;
  /** Its delivery, once its queue is open. */
  stream: DeliveryStream | undefined;
  /** The code with which the server began the closing handshake. */
  closeCode: number | undefined;

  constructor(
    readonly id: string,
    request: ConnectionRequest,
    readonly webSocket: WebSocket,
    private readonly socket: Socket,
    /** Milliseconds since the epoch. */
    readonly connectedAt: number,
    /** SEND_BUFFER_MAX_BYTES. */
    private readonly sendBufferMaxBytes: number,
  ) {
    this.principal = request.principal;
    this.device = request.device;
    this.controlFrames = request.controlFrames;
    this.acknowledgement = request.acknowledgement;
    this.commands = new CommandChain(webSocket);
    socket.on('drain', () => this.stream?.resume());
  }

  /** Whose queue it receives. */
  get owner(): QueueOwner {
    return { tenant: this.principal.tenant, clientId: this.principal.clientId, device: this.device };
  }

  /** Frames can still be written. */
  get isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  write(frames: Buffer): void {
    if (this.isOpen) this.socket.write(frames);
  }

  writeWithPing(frames: Buffer, nonce: Uint8Array): void {
    if (!this.isOpen) return;
    this.socket.cork();
    this.socket.write(frames);
    this.socket.write(encodePingFrame(nonce));
    this.socket.uncork();
  }

  ping(nonce: Uint8Array): void {
    if (this.isOpen) this.socket.write(encodePingFrame(nonce));
  }

  /** Resolves when the peer has read enough for another answer: whoever does not read its answers is not read either. */
  async writable(): Promise<void> {
    while (this.isOpen && this.bufferedBytes > this.sendBufferMaxBytes) await drainOrClose(this.socket);
  }

  /** Writes a frame that is no notification; those of `chatapi.v1` alone are for its speakers. */
  sendControl(type: string, data: unknown, ref?: string): void {
    if (this.controlFrames) this.write(encodeTextFrame(controlText(type, data, ref)));
  }

  /** Writes an `error` frame, which every client understands. */
  sendError(error: ChatError, timestamp: string, ref?: string): void {
    this.write(encodeTextFrame(controlText('error', { code: error.code, message: error.message, timestamp, ...error.details }, ref)));
  }

  close(code: number, reason: string): void {
    this.closeCode ??= code;
    this.stream?.stop();
    this.webSocket.close(code, reason);
  }
}

function drainOrClose(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
