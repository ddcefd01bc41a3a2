// A connection that is a WebSocket.
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { PingedFrames } from '../log/index.js';
import { encodePingFrame } from '../protocol/index.js';
import { ABNORMAL_CLOSURE, Connection, type ConnectionOrigin, type ConnectionRequest } from './connection.js';
import { violationCloseCode } from './frame-violation.js';

/**
 * Frames are written to the socket itself: the WebSocket library only adds its closing handshake behind them, on the same socket, so the
 * order is kept.
 */
export class WebSocketConnection extends Connection {
  readonly transport = 'websocket';

  constructor(origin: ConnectionOrigin, request: ConnectionRequest, readonly webSocket: WebSocket, socket: Socket, sendBufferMaxBytes: number) {
    super(origin, request, socket, webSocket, sendBufferMaxBytes);
    // The library closes the connection itself, and reads no answer.
    webSocket.on('error', (error) => {
      this.closeCode ??= violationCloseCode(error);
      this.closeReason ??= error.message;
    });
  }

  get compressed(): boolean {
    return this.webSocket.extensions !== '';
  }

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

  writePinged({ bytes }: PingedFrames): void {
    if (this.isOpen) this.socket.write(bytes);
  }

  ping(nonce: Uint8Array): void {
    if (this.isOpen) this.socket.write(encodePingFrame(nonce));
  }

  /** Answers a ping of the peer, unless it does not read its answers. */
  pong(payload: Buffer): void {
    if (this.isOpen && this.bufferedBytes <= this.sendBufferMaxBytes) this.webSocket.pong(payload);
  }

  onHeard(listener: () => void): void {
    this.webSocket.on('message', listener);
    this.webSocket.on('ping', listener);
  }

  onEnd(listener: (code: number) => void): void {
    if (this.webSocket.readyState === this.webSocket.CLOSED) listener(this.closeCode ?? ABNORMAL_CLOSURE);
    else this.webSocket.once('close', listener);
  }

  terminate(): void {
    this.webSocket.terminate();
  }

  protected beginClose(code: number, reason: string): void {
    this.webSocket.close(code, reason);
  }
}
