// The life of a connection, whatever carries it: counted, logged, delivered to, present, and not any more.
import { Inject, Injectable, Logger } from '@nestjs/common';
import { ABNORMAL_CLOSURE, type Connection, ConnectionDeadlines, ConnectionRegistry } from '../connections/index.js';
import { closeUnserved, DeliveryQueue } from '../delivery/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock } from '../log/index.js';
import { PresenceService } from '../presence/index.js';

@Injectable()
export class ConnectionLifecycle {
  private readonly logger = new Logger('Connections');

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly queue: DeliveryQueue,
    private readonly presence: PresenceService,
    private readonly deadlines: ConnectionDeadlines,
    private readonly events: ChatEvents,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Opens the client's queue; its commands wait until that is done. */
  begin(connection: Connection): void {
    this.registry.add(connection);
    this.deadlines.begin(connection);
    const { clientId, tenant } = connection.principal;
    const { id, device, address, transport } = connection;
    this.logger.log({ msg: 'connected', connection_id: id, client_id: clientId, tenant, device, address, transport });
    this.events.emit('connected', connection.reference);
    connection.commands.add(() => this.open(connection));
  }

  /** `code` is the close code; 1006 when the connection broke. */
  end(connection: Connection, code: number): void {
    if (!this.registry.remove(connection)) return;
    this.deadlines.end(connection);
    const { clientId, tenant } = connection.principal;
    const reason = connection.closeReason ?? (code === ABNORMAL_CLOSURE ? 'broken' : 'closed by the client');
    // Whoever is closed by the server may be gone, and not answer with its code.
    const told = connection.closeCode ?? code;
    const durationMs = this.clock.now() - connection.connectedAt;
    this.logger.log({ msg: 'disconnected', connection_id: connection.id, client_id: clientId, tenant, code: told, reason, duration_seconds: durationMs / 1000 });
    this.events.emit('disconnected', { ...connection.reference, code: told, durationMs });
    this.presence.disconnected(connection);
    void this.queue.detach(connection, code);
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
