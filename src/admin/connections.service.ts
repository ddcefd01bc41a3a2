// The connections of this process, for operators of their tenant.
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { type Connection, ConnectionDeadlines, ConnectionRegistry } from '../connections/index.js';
import type { Page, PageRequest } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { ChatError, CloseCode, type ReconnectData } from '../protocol/index.js';

/** A connection as it is answered. */
export interface ConnectionAnswer {
  id: string;
  client_id: string;
  device: string;
  address: string;
  /** Whether it speaks `chatapi.v1`. */
  control_frames: boolean;
  acknowledgement: 'transport' | 'client';
  connected_at: string;
  token_expires_at: string;
  /** Bytes that it has not read. */
  buffered_bytes: number;
}

@Injectable()
export class ConnectionsService {
  constructor(
    @Inject(ConnectionRegistry) private readonly registry: ConnectionRegistry,
    @Inject(ConnectionDeadlines) private readonly deadlines: ConnectionDeadlines,
    @Inject(ChatEvents) private readonly events: ChatEvents,
  ) {}

  /** In ascending order of id. */
  list(tenant: string, { after = '', limit }: PageRequest, clientId?: string): Page<ConnectionAnswer> {
    const candidates = clientId === undefined ? this.registry.all() : this.registry.of(tenant, clientId);
    const behind = [...candidates].filter(({ id, principal }) => principal.tenant === tenant && id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    const items = behind.slice(0, limit).map((connection) => this.answer(connection));
    const last = items.at(-1);
    return { items, ...(last !== undefined && behind.length > limit && { next: last.id }) };
  }

  /** Closes one connection. @throws ChatError `CONNECTION_NOT_FOUND` */
  close({ tenant, clientId: by }: Principal, id: string): void {
    const connection = this.registry.get(id);
    if (connection?.principal.tenant !== tenant) throw new ChatError('CONNECTION_NOT_FOUND');
    this.end(connection);
    this.events.emit('adminAction', { tenant, by, action: 'connection.close', connectionId: id, clientId: connection.principal.clientId });
  }

  /** Closes all connections of a client, if it has any. */
  closeAll({ tenant, clientId: by }: Principal, clientId: string): void {
    for (const connection of this.registry.of(tenant, clientId)) this.end(connection);
    this.events.emit('adminAction', { tenant, by, action: 'client.disconnect', clientId });
  }

  private end(connection: Connection): void {
    const data: ReconnectData = { reason: 'closed by an administrator', after_ms: 0 };
    connection.sendControl('reconnect', data);
    connection.close(CloseCode.LifetimeReached, data.reason);
  }

  private answer(connection: Connection): ConnectionAnswer {
    return {
      id: connection.id,
      client_id: connection.principal.clientId,
      device: connection.device,
      address: connection.address,
      control_frames: connection.controlFrames,
      acknowledgement: connection.acknowledgement,
      connected_at: new Date(connection.connectedAt).toISOString(),
      token_expires_at: new Date(this.deadlines.tokenEnd(connection)).toISOString(),
      buffered_bytes: connection.bufferedBytes,
    };
  }
}
