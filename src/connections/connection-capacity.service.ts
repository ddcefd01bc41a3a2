// How many connections there may be: in this process, from one address, of one client.
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { DeliveryEngine, type Place } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';
import { networkOf } from './client-network.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';

/** Limits that are asked for before a connection is made. */
@Injectable()
export class ConnectionCapacity implements OnModuleInit {
  private readonly logger = new Logger('Connections');
  /** Connections that have asked for a place and are not made yet: whether newer ones have taken it already. */
  private readonly reserved = new Map<string, { isDisplaced: boolean }>();

  constructor(
    private readonly settings: Settings,
    private readonly registry: ConnectionRegistry,
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    private readonly events: ChatEvents,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { connectionPlaces } = this.engine;
    if (connectionPlaces === undefined) return;
    connectionPlaces.onDisplaced((connectionId) => this.displaced(connectionId));
    this.events.on('disconnected', ({ connectionId, ...client }) => connectionPlaces.leave(client, connectionId));
  }

  /** The process has as many as it may (MAX_CONNECTIONS). */
  get isFull(): boolean {
    const { maxConnections } = this.settings;
    return maxConnections > 0 && this.registry.size >= maxConnections;
  }

  /** The address has as many as it may (MAX_CONNECTIONS_PER_IP). */
  isFullFor(address: string): boolean {
    const { maxConnectionsPerIp } = this.settings;
    return maxConnectionsPerIp > 0 && this.registry.countFrom(networkOf(address)) >= maxConnectionsPerIp;
  }

  /**
   * Asks for a place among the client's connections at all processes. Undefined where no others count, or they cannot be asked: then it is this process alone that
   * decides, so that nobody is locked out. To be followed by {@link makeRoom} or {@link giveUp}.
   */
  async reserve({ tenant, clientId }: Principal, connectionId: string): Promise<Place | undefined> {
    const { connectionPlaces } = this.engine;
    if (connectionPlaces === undefined) return undefined;
    this.reserved.set(connectionId, { isDisplaced: false });
    try {
      return await connectionPlaces.take({ tenant, clientId }, connectionId);
    } catch (error) {
      this.logger.warn({ msg: 'connections not counted at all servers', client_id: clientId, tenant, err: error });
      return undefined;
    }
  }

  /** The connection is not made for which a place was asked. */
  giveUp({ tenant, clientId }: Principal, connectionId: string, place: Place | undefined): void {
    this.reserved.delete(connectionId);
    if (place?.isGranted !== false) this.engine.connectionPlaces?.leave({ tenant, clientId }, connectionId);
  }

  /** A client has as many as it may, and the policy is to refuse the newest (MAX_CONNECTIONS_PER_CLIENT, CONNECTION_LIMIT_POLICY). */
  isFullOf(principal: Principal, place: Place | undefined): boolean {
    if (place !== undefined) return !place.isGranted;
    return this.settings.connectionLimitPolicy === 'refuse-newest' && this.excessOf(principal) > 0;
  }

  /** Makes room for a connection that is about to be made, where the policy is to close the oldest; false when there is none. */
  makeRoom(principal: Principal, connectionId: string, place: Place | undefined): boolean {
    const isDisplaced = this.reserved.get(connectionId)?.isDisplaced === true;
    if (isDisplaced || this.isFullOf(principal, place)) return false;
    this.reserved.delete(connectionId);
    if (place === undefined) this.openOf(principal).slice(0, Math.max(0, this.excessOf(principal))).forEach((oldest) => this.close(oldest));
    else this.engine.connectionPlaces?.displace(place.displaced);
    return true;
  }

  private displaced(connectionId: string): void {
    const reserved = this.reserved.get(connectionId);
    const connection = this.registry.get(connectionId);
    if (reserved !== undefined) reserved.isDisplaced = true;
    // It may be told more than once.
    else if (connection?.isOpen === true) this.close(connection);
  }

  private close(connection: Connection): void {
    connection.refuse(this.refusal(), CloseCode.TooManyConnections, new Date(this.clock.now()).toISOString());
  }

  /** How many of a client's connections are too many when another one is made. */
  private excessOf(principal: Principal): number {
    const { maxConnectionsPerClient } = this.settings;
    return maxConnectionsPerClient === 0 ? 0 : this.openOf(principal).length + 1 - maxConnectionsPerClient;
  }

  private openOf({ tenant, clientId }: Principal): Connection[] {
    return this.registry.of(tenant, clientId).filter((connection) => connection.isOpen);
  }

  /** What a client is told that has too many. */
  refusal(): ChatError {
    return new ChatError('CONNECTION_ERROR', `At most ${this.settings.maxConnectionsPerClient} connections of a client are allowed`);
  }
}
