// The connections of all processes, for operators of their tenant.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { type Connection, ConnectionDeadlines, ConnectionRegistry } from '../connections/index.js';
import { DeliveryEngine, type NodeAnswers, type Page, type PageRequest, toPage } from '../engine/index.js';
import { ChatEvents, type ClientReference, type Transport } from '../events/index.js';
import type { AcknowledgementMode } from '../log/index.js';
import { ChatError, CloseCode, type ReconnectData } from '../protocol/index.js';

/** A connection as it is answered. */
export interface ConnectionAnswer {
  id: string;
  client_id: string;
  device: string;
  address: string;
  /** Whether it speaks `chatapi.v1`. */
  control_frames: boolean;
  transport: Transport;
  /** What raises its cursor. */
  acknowledgement: AcknowledgementMode;
  connected_at: string;
  token_expires_at: string;
  /** Bytes that it has not read. */
  buffered_bytes: number;
}

/** What the processes ask each other. */
const LIST = 'connections.list';
const CLOSE = 'connections.close';
const CLOSE_ALL = 'connections.close_all';

interface ListQuestion extends PageRequest {
  tenant: string;
  clientId?: string | undefined;
}

interface CloseQuestion {
  tenant: string;
  id: string;
}

@Injectable()
export class ConnectionsService implements OnModuleInit {
  constructor(
    @Inject(ConnectionRegistry) private readonly registry: ConnectionRegistry,
    @Inject(ConnectionDeadlines) private readonly deadlines: ConnectionDeadlines,
    @Inject(ChatEvents) private readonly events: ChatEvents,
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
  ) {}

  onModuleInit(): void {
    const { nodes } = this.engine;
    nodes.answer(LIST, (question) => this.listHere(question as ListQuestion));
    nodes.answer(CLOSE, (question) => this.closeHere(question as CloseQuestion));
    nodes.answer(CLOSE_ALL, (question) => this.closeAllHere(question as ClientReference));
  }

  /** In ascending order of id; those of a process that does not answer are missing. */
  async list(tenant: string, { after = '', limit }: PageRequest, clientId?: string): Promise<Page<ConnectionAnswer>> {
    // One more than is wanted: whether there are more.
    const question: ListQuestion = { tenant, after, limit: limit + 1, clientId };
    const { answers } = await this.engine.nodes.ask(LIST, question);
    const found = [...this.listHere(question), ...answers.flatMap((answer) => answer as ConnectionAnswer[])];
    return toPage(found.sort((a, b) => (a.id < b.id ? -1 : 1)), limit, ({ id }) => id);
  }

  /** Closes one connection. @throws ChatError `CONNECTION_NOT_FOUND`; `STORE_UNAVAILABLE` when it may be at a process that does not answer */
  async close({ tenant, clientId: by }: Principal, id: string): Promise<void> {
    const question: CloseQuestion = { tenant, id };
    const clientId = this.closeHere(question) ?? (await this.closeElsewhere(question));
    this.events.emit('adminAction', { tenant, by, action: 'connection.close', connectionId: id, clientId });
  }

  /** Closes all connections of a client, if it has any. @throws ChatError `STORE_UNAVAILABLE` when it may have some at a process that does not answer */
  async closeAll({ tenant, clientId: by }: Principal, clientId: string): Promise<void> {
    const question: ClientReference = { tenant, clientId };
    this.closeAllHere(question);
    ensureAllAnswered(await this.engine.nodes.ask(CLOSE_ALL, question));
    this.events.emit('adminAction', { tenant, by, action: 'client.disconnect', clientId });
  }

  private listHere({ tenant, after = '', limit, clientId }: ListQuestion): ConnectionAnswer[] {
    const candidates = clientId === undefined ? this.registry.all() : this.registry.of(tenant, clientId);
    const behind = [...candidates].filter(({ id, principal }) => principal.tenant === tenant && id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    return behind.slice(0, limit).map((connection) => this.answer(connection));
  }

  /** The client whose connection was closed. */
  private closeHere({ tenant, id }: CloseQuestion): string | undefined {
    const connection = this.registry.get(id);
    if (connection?.principal.tenant !== tenant) return undefined;
    this.end(connection);
    return connection.principal.clientId;
  }

  private async closeElsewhere(question: CloseQuestion): Promise<string> {
    const asked = await this.engine.nodes.ask(CLOSE, question);
    const clientId = asked.answers.find((answer) => typeof answer === 'string');
    if (clientId !== undefined) return clientId;
    ensureAllAnswered(asked);
    throw new ChatError('CONNECTION_NOT_FOUND');
  }

  private closeAllHere({ tenant, clientId }: ClientReference): void {
    for (const connection of this.registry.of(tenant, clientId)) this.end(connection);
  }

  private end(connection: Connection): void {
    const data: ReconnectData = { reason: 'closed by an administrator', after_ms: 0 };
    connection.sendReconnect(data);
    connection.close(CloseCode.LifetimeReached, data.reason);
  }

  private answer(connection: Connection): ConnectionAnswer {
    return {
      id: connection.id,
      client_id: connection.principal.clientId,
      device: connection.device,
      address: connection.address,
      control_frames: connection.controlFrames,
      transport: connection.transport,
      acknowledgement: connection.acknowledgement,
      connected_at: new Date(connection.connectedAt).toISOString(),
      token_expires_at: new Date(this.deadlines.tokenEnd(connection)).toISOString(),
      buffered_bytes: connection.bufferedBytes,
    };
  }
}

function ensureAllAnswered({ silent }: NodeAnswers): void {
  if (silent > 0) throw new ChatError('STORE_UNAVAILABLE', `${silent} of the servers did not answer; try again`);
}
