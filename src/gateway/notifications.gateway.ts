// The WebSocket endpoint: connections come and go here, and their commands are handed to the services.
import { UseFilters, UseGuards } from '@nestjs/common';
import { ConnectedSocket, type OnGatewayConnection, type OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { hasScope, Scope } from '../auth/index.js';
import { type Connection, WEBSOCKET_PATH, type WebSocketConnection } from '../connections/index.js';
import { DeliveryQueue, NotificationPublisher, type PublishedMessage } from '../delivery/index.js';
import { AckCommand, CommandType, MessageCommand, PresenceCommand, type TokenExpiringData, TokenRefreshCommand, traceparentOf } from '../protocol/index.js';
import { PresenceService } from '../presence/index.js';
import { Command, CommandRef } from './command.decorator.js';
import { ConnectionLifecycle } from './connection-lifecycle.service.js';
import { ControlFrameLimit } from './control-frame.limit.js';
import { FrameErrorFilter } from './frame-error.filter.js';
import { TokenRefresh } from './token-refresh.service.js';
import { WsJwtGuard } from './ws-jwt.guard.js';
import { WsThrottlerGuard } from './ws-throttler.guard.js';

/**
 * Delegates to {@link ConnectionLifecycle}, {@link DeliveryQueue} and {@link PresenceService}. Connections arrive
 * authenticated: guards do not run for them, only for commands.
 */
@WebSocketGateway({ path: WEBSOCKET_PATH })
@UseFilters(FrameErrorFilter)
export class NotificationsGateway implements OnGatewayConnection<WebSocketConnection>, OnGatewayDisconnect<WebSocketConnection> {
  constructor(
    private readonly connections: ConnectionLifecycle,
    private readonly queue: DeliveryQueue,
    private readonly presence: PresenceService,
    private readonly publisher: NotificationPublisher,
    private readonly tokens: TokenRefresh,
    private readonly control: ControlFrameLimit,
  ) {}

  /** Opens the client's queue; its commands wait until that is done. */
  handleConnection(connection: WebSocketConnection): void {
    connection.webSocket.on('ping', (payload: Buffer) => this.control.ping(connection, payload));
    connection.webSocket.on('pong', (payload: Buffer) => {
      if (!this.queue.pong(connection.stream, payload)) this.control.unexpectedPong(connection);
      else if (connection.debug !== undefined) connection.note('acknowledged by pong', {});
    });
    this.connections.begin(connection);
  }

  /** `code` is the close code; 1006 when the connection broke. */
  handleDisconnect(connection: WebSocketConnection, code?: unknown): void {
    this.connections.end(connection, Number(code));
  }

  /** The token is looked at behind the throttler: a message that is held must still be allowed when its turn comes. */
  @SubscribeMessage(CommandType.Message)
  @UseGuards(WsThrottlerGuard, WsJwtGuard)
  async message(
    @ConnectedSocket() connection: Connection,
    @Command(MessageCommand) command: MessageCommand,
  ): Promise<PublishedMessage> {
    const { tenant, clientId } = connection.principal;
    return this.publisher.publishMessage({
      tenant,
      roomId: command.room_id,
      clientId,
      content: command.content,
      metadata: command.metadata,
      requireMember: !hasScope(connection.principal, Scope.Publish),
      traceparent: traceparentOf(command.traceparent),
      ...(command.id !== undefined && { id: command.id }),
    });
  }

  @SubscribeMessage(CommandType.Ack)
  @UseGuards(WsJwtGuard, ControlFrameLimit)
  ack(@ConnectedSocket() connection: Connection, @Command(AckCommand) command: AckCommand): AckCommand {
    this.queue.acknowledge(connection, command.room_id, command.seq);
    return { room_id: command.room_id, seq: command.seq };
  }

  @SubscribeMessage(CommandType.Presence)
  @UseGuards(WsJwtGuard, ControlFrameLimit)
  setPresence(@ConnectedSocket() connection: Connection, @Command(PresenceCommand) command: PresenceCommand): PresenceCommand {
    this.presence.setStatus(connection, command.status);
    return { status: command.status };
  }

  @SubscribeMessage(CommandType.TokenRefresh)
  @UseGuards(WsJwtGuard, ControlFrameLimit)
  refreshToken(
    @ConnectedSocket() connection: Connection,
    @Command(TokenRefreshCommand) command: TokenRefreshCommand,
  ): Promise<TokenExpiringData> {
    return this.tokens.refresh(connection, command.token);
  }

  /** For browsers, which cannot send protocol pings. */
  @SubscribeMessage(CommandType.Ping)
  @UseGuards(WsJwtGuard, ControlFrameLimit)
  ping(@ConnectedSocket() connection: Connection, @CommandRef() ref?: string): void {
    connection.sendControl('pong', {}, ref);
  }
}
