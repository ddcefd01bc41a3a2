// The way from an HTTP upgrade to a connection: authenticated before a WebSocket exists.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { WebSocket, WebSocketServer } from 'ws';
import { TokenVerifier } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode, controlText } from '../protocol/index.js';
import { Connection, type ConnectionRequest } from './connection.js';
import { DrainState } from './drain-state.js';
import { readUpgradeRequest } from './upgrade-request.js';

/** The path of the WebSocket endpoint. */
export const WEBSOCKET_PATH = '/ws';

/** The event of the WebSocket server that brings an authenticated {@link Connection}. */
export const CONNECTION_OPENED = 'connection-opened';

/** Answers upgrades. Those that fail authentication are accepted, told why, and closed with 4401. */
@Injectable()
export class UpgradeHandler {
  private readonly logger = new Logger('Connections');

  constructor(
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier,
    @Inject(Clock) private readonly clock: Clock,
    private readonly drain: DrainState,
    private readonly settings: Settings,
  ) {}

  /** Handles one `upgrade` event of the HTTP server. */
  handle(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A reset during verification has nobody else to listen to it, and would end the process.
    socket.on('error', ignore);
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path !== WEBSOCKET_PATH) return refuse(socket, 404);
    if (this.drain.draining) return refuse(socket, 503, { 'Retry-After': '1' });
    readUpgradeRequest(request, this.verifier).then(
      (accepted) => this.accept(server, request, socket, head, accepted),
      (error: unknown) => this.reject(server, request, socket, head, error),
    );
  }

  private accept(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer, accepted: ConnectionRequest): void {
    if (socket.destroyed) return;
    if (this.drain.draining) return refuse(socket, 503, { 'Retry-After': '1' });
    server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', ignore);
      const connection = new Connection(randomUUID(), accepted, webSocket, socket, this.clock.now(), this.settings.sendBufferMaxBytes);
      // The library closes the connection itself; what it found wrong is in the close code.
      webSocket.on('error', ignore);
      server.emit(CONNECTION_OPENED, connection);
    });
  }

  private reject(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer, error: unknown): void {
    if (socket.destroyed) return;
    if (!(error instanceof ChatError)) {
      this.logger.error(error);
      return refuse(socket, 500);
    }
    if (error.code !== 'CONNECTION_ERROR') return refuse(socket, error.status);
    this.logger.warn({ msg: 'connection refused', code: error.code, address: request.socket.remoteAddress });
    server.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      webSocket.on('error', ignore);
      webSocket.send(controlText('error', { code: error.code, message: error.message, timestamp: new Date(this.clock.now()).toISOString() }));
      webSocket.close(CloseCode.Unauthenticated, error.message);
    });
  }
}

function ignore(): void {
  // Nothing to do: whoever waits for the socket sees that it is destroyed.
}

function refuse(socket: Socket, status: number, headers: Record<string, string> = {}): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', 'Content-Length: 0'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}
