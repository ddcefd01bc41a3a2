// The WebSocket endpoint: connections come and go here, and their commands are handed to the services.
import { Inject, Logger, UseFilters, UseGuards } from '@nestjs/common';
import { ConnectedSocket, MessageBody, type OnGatewayConnection, type OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { hasScope, Scope } from '../auth/index.js';
import { type Connection, ConnectionRegistry, WEBSOCKET_PATH } from '../connections/index.js';
import { closeUnserved, DeliveryQueue, NotificationPublisher, type PublishedMessage } from '../delivery/index.js';
import { Clock } from '../log/index.js';
import { AckCommand, CommandType, MessageCommand, PresenceCommand } from '../protocol/index.js';
import { PresenceService } from '../presence/index.js';
import { CommandPipe } from './command.pipe.js';
import { FrameErrorFilter } from './frame-error.filter.js';
import { WsJwtGuard } from './ws-jwt.guard.js';

/**
 * Delegates to {@link ConnectionRegistry}, {@link DeliveryQueue} and {@link PresenceService}. Connections arrive
 * authenticated: guards do not run for them, only for commands.
 */
@WebSocketGateway({ path: WEBSOCKET_PATH })
@UseGuards(WsJwtGuard)
@UseFilters(FrameErrorFilter)
export class NotificationsGateway implements OnGatewayConnection<Connection>, OnGatewayDisconnect<Connection> {
  private readonly logger = new Logger('Connections');

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly queue: DeliveryQueue,
    private readonly presence: PresenceService,
    private readonly publisher: NotificationPublisher,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Opens the client's queue; its commands wait until that is done. */
  handleConnection(connection: Connection): void {
    this.registry.add(connection);
    const { clientId, tenant } = connection.principal;
    this.logger.log({ msg: 'connected', connection_id: connection.id, client_id: clientId, tenant, device: connection.device });
    connection.commands.add(() => this.open(connection));
  }

  /** `code` is the close code; 1006 when the connection broke. */
  handleDisconnect(connection: Connection, code?: unknown): void {
    if (!this.registry.remove(connection)) return;
    const { clientId, tenant } = connection.principal;
    const duration = (this.clock.now() - connection.connectedAt) / 1000;
    this.logger.log({ msg: 'disconnected', connection_id: connection.id, client_id: clientId, tenant, code, duration_seconds: duration });
    this.presence.disconnected(connection);
    void this.queue.detach(connection, Number(code));
  }

  @SubscribeMessage(CommandType.Message)
  async message(
    @ConnectedSocket() connection: Connection,
    @MessageBody(new CommandPipe(MessageCommand)) command: MessageCommand,
  ): Promise<PublishedMessage> {
    const { tenant, clientId } = connection.principal;
    return this.publisher.publishMessage({
      tenant,
      roomId: command.room_id,
      clientId,
      content: command.content,
      metadata: command.metadata,
      requireMember: !hasScope(connection.principal, Scope.Publish),
      ...(command.id !== undefined && { id: command.id }),
    });
  }

  @SubscribeMessage(CommandType.Ack)
  ack(@ConnectedSocket() connection: Connection, @MessageBody(new CommandPipe(AckCommand)) command: AckCommand): AckCommand {
    this.queue.acknowledge(connection, command.room_id, command.seq);
    return { room_id: command.room_id, seq: command.seq };
  }

  @SubscribeMessage(CommandType.Presence)
  setPresence(@ConnectedSocket() connection: Connection, @MessageBody(new CommandPipe(PresenceCommand)) command: PresenceCommand): PresenceCommand {
    this.presence.setStatus(connection, command.status);
    return { status: command.status };
  }

  /** For browsers, which cannot send protocol pings. */
  @SubscribeMessage(CommandType.Ping)
  ping(@ConnectedSocket() connection: Connection): void {
    connection.sendControl('pong', {});
  }

  private async open(connection: Connection): Promise<void> {
    try {
      const stream = await this.queue.attach(connection);
      if (stream !== undefined) this.presence.connected(connection);
    } catch (error) {
      this.logger.error({ msg: 'queue not opened', connection_id: connection.id, err: error });
      closeUnserved(connection, error, this.clock.now());
    }
  }
}
