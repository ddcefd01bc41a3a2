// The way from an HTTP upgrade to a connection: everything is decided before a WebSocket exists.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { WebSocket, WebSocketServer } from 'ws';
import { Authenticator } from '../auth/index.js';
import { Settings } from '../config/index.js';
import type { Place } from '../engine/index.js';
import type { RefusalReason } from '../events/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode, controlText } from '../protocol/index.js';
import { networkOf } from './client-network.js';
import { ConnectionAdmission, RETRY_AFTER_SECONDS } from './connection-admission.service.js';
import { ConnectionCapacity } from './connection-capacity.service.js';
import type { ConnectionOrigin, ConnectionRequest } from './connection.js';
import { ToldSockets } from './told-sockets.js';
import { isOpeningHandshake, readUpgradeRequest } from './upgrade-request.js';
import { WebSocketConnection } from './web-socket-connection.js';

/** The path of the WebSocket endpoint. */
export const WEBSOCKET_PATH = '/ws';

/** The event of the WebSocket server that brings an authenticated {@link WebSocketConnection}. */
export const CONNECTION_OPENED = 'connection-opened';

/** How long a peer that was refused may keep its socket, ms. */
const ANSWERED_TIMEOUT_MS = 2_000;

/** One upgrade on its way. */
interface Upgrade {
  readonly server: WebSocketServer;
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly address: string;
}

/**
 * Answers upgrades. Some are refused by HTTP (Origin, capacity); those that fail authentication, are banned or have too many
 * connections are accepted, told why in one `error` frame, and closed.
 */
@Injectable()
export class UpgradeHandler implements OnApplicationBootstrap {
  private readonly logger = new Logger('Connections');
  private readonly told = new ToldSockets();
  private isServing = false;

  constructor(
    private readonly authenticator: Authenticator,
    @Inject(Clock) private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly admission: ConnectionAdmission,
    private readonly capacity: ConnectionCapacity,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Takes the upgrades of an HTTP server from now on. */
  serve(httpServer: Server, server: WebSocketServer): void {
    this.isServing = true;
    httpServer.on('upgrade', (request, socket, head) => this.handle(server, request, socket as Socket, head));
  }

  /** With another adapter the gateway would have connections that nobody has authenticated. */
  onApplicationBootstrap(): void {
    // Without HTTP nobody can connect.
    if (this.isServing || this.adapterHost.httpAdapter === undefined) return;
    throw new Error('ChatDeliveryModule needs its own WebSocket adapter: call app.useWebSocketAdapter(new DeliveryWsAdapter(app)) before listen() or init().');
  }

  /** Handles one `upgrade` event of the HTTP server. Throws nothing: nobody would catch it, and the process would end. */
  handle(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer): void {
    // A reset during verification has nobody else to listen to it, and would end the process.
    socket.on('error', ignore);
    try {
      this.begin(server, request, socket, head);
    } catch (error) {
      this.fail(socket, error);
    }
  }

  private begin(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path !== WEBSOCKET_PATH) return answer(socket, 404);
    const upgrade: Upgrade = { server, request, socket, head, address: this.admission.addressOf(request) };
    if (!isOpeningHandshake(request)) return this.turnAway(upgrade, 'invalid_request', 400);
    if (!this.admission.allowsPage(request)) return this.turnAway(upgrade, 'origin', 403);
    if (this.isTurnedAway(upgrade)) return;
    readUpgradeRequest(request, this.authenticator)
      .then(
        (accepted) => this.accept(upgrade, accepted),
        (error: unknown) => this.reject(upgrade, error),
      )
      .catch((error: unknown) => this.fail(socket, error));
  }

  private fail(socket: Socket, error: unknown): void {
    this.logger.error({ msg: 'upgrade failed', err: error });
    socket.destroy();
  }

  /** Whether there is no room, which may have changed while the token was verified. */
  private isTurnedAway(upgrade: Upgrade): boolean {
    const turnaway = this.admission.turnaway(upgrade.address);
    if (turnaway !== undefined) this.turnAway(upgrade, turnaway.reason, turnaway.status, turnaway.retryAfterSeconds);
    return turnaway !== undefined;
  }

  private accept(upgrade: Upgrade, accepted: ConnectionRequest): Promise<void> {
    return this.admission.admit(accepted.principal, upgrade.address, {
      isRefused: () => this.isRefused(upgrade, accepted),
      open: (origin, place, makeRoom) => this.open(upgrade, accepted, origin, place, makeRoom),
    });
  }

  /** Whether a client that is known is refused, or gone. */
  private isRefused(upgrade: Upgrade, accepted: ConnectionRequest): boolean {
    if (upgrade.socket.destroyed || this.isTurnedAway(upgrade)) return true;
    const ban = this.admission.banOf(accepted.principal);
    if (ban !== undefined) this.tellAndClose(upgrade, 'banned', ban, CloseCode.Banned, accepted);
    return ban !== undefined;
  }

  /** Makes the connection, if there is room for it. */
  private open(upgrade: Upgrade, accepted: ConnectionRequest, origin: ConnectionOrigin, place: Place | undefined, makeRoom: () => boolean): boolean {
    const { server, request, socket, head, address } = upgrade;
    if (this.capacity.isFullOf(accepted.principal, place) && !this.told.hasRoom(networkOf(address))) {
      this.turnAway(upgrade, 'too_many_connections_of_client', 429, RETRY_AFTER_SECONDS, accepted);
      return false;
    }
    let isOpen = false;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      // Only now: a handshake that the library refuses must not cost the client its oldest connection.
      if (!makeRoom()) {
        this.report(upgrade, 'too_many_connections_of_client', accepted);
        return this.tell(webSocket, address, this.capacity.refusal(), CloseCode.TooManyConnections);
      }
      isOpen = true;
      socket.off('error', ignore);
      const connection = new WebSocketConnection(origin, accepted, webSocket, socket, this.settings.sendBufferMaxBytes);
      server.emit(CONNECTION_OPENED, connection);
    });
    return isOpen;
  }

  private reject(upgrade: Upgrade, error: unknown): void {
    if (!(error instanceof ChatError)) {
      this.logger.error({ msg: 'upgrade failed', err: error });
      return answer(upgrade.socket, 500);
    }
    if (error.code !== 'CONNECTION_ERROR') return this.turnAway(upgrade, 'invalid_request', error.status);
    const waitSeconds = this.admission.failed(upgrade.address);
    if (waitSeconds > 0) return this.turnAway(upgrade, 'authentication_repeated', error.status, waitSeconds);
    this.tellAndClose(upgrade, 'authentication', error, CloseCode.Unauthenticated);
  }

  /** Refuses by HTTP: there never is a WebSocket. */
  private turnAway(upgrade: Upgrade, reason: RefusalReason, status: number, retryAfterSeconds?: number, known?: ConnectionRequest): void {
    this.report(upgrade, reason, known);
    answer(upgrade.socket, status, retryAfterSeconds);
  }

  /** Refuses by an `error` frame and a close code, which browsers can read. */
  private tellAndClose(upgrade: Upgrade, reason: RefusalReason, error: ChatError, code: CloseCode, known?: ConnectionRequest): void {
    const { server, request, socket, head, address } = upgrade;
    if (socket.destroyed) return;
    // Whoever does not let go of such sockets gets no more of them.
    if (!this.told.hasRoom(networkOf(address))) return this.turnAway(upgrade, reason, error.status, RETRY_AFTER_SECONDS, known);
    this.report(upgrade, reason, known);
    server.handleUpgrade(request, socket, head, (webSocket) => this.tell(webSocket, address, error, code));
  }

  private tell(webSocket: WebSocket, address: string, error: ChatError, code: CloseCode): void {
    webSocket.on('error', ignore);
    this.told.add(networkOf(address), webSocket);
    webSocket.send(controlText('error', error.frameData(new Date(this.clock.now()).toISOString())), { compress: false });
    webSocket.close(code, error.message);
  }

  private report({ address }: Upgrade, reason: RefusalReason, known?: ConnectionRequest): void {
    this.admission.report(address, reason, known?.principal);
  }
}

function ignore(): void {
  // Nothing to do: whoever waits for the socket sees that it is destroyed.
}

/** Answers, and lets go of the socket even if the peer never closes its side. */
function answer(socket: Socket, status: number, retryAfterSeconds?: number): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', 'Content-Length: 0'];
  if (retryAfterSeconds !== undefined) lines.push(`Retry-After: ${retryAfterSeconds}`);
  // Not the socket's own timeout, which begins anew with every byte that comes.
  const cut = setTimeout(() => socket.destroy(), ANSWERED_TIMEOUT_MS).unref();
  socket.once('close', () => clearTimeout(cut));
  // What the peer still sends is read, or its end would never be seen, and closing would reset what it has not read.
  socket.resume();
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}
