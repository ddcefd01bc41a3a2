// How many connections there may be: in this process, from one address, of one client.
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';
import { networkOf } from './client-network.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.js';

/** Limits that are asked for before a connection is made. */
@Injectable()
export class ConnectionCapacity {
  constructor(
    private readonly settings: Settings,
    private readonly registry: ConnectionRegistry,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

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

  /** A client has as many as it may, and the policy is to refuse the newest (MAX_CONNECTIONS_PER_CLIENT, CONNECTION_LIMIT_POLICY). */
  isFullOf(principal: Principal): boolean {
    return this.settings.connectionLimitPolicy === 'refuse-newest' && this.excessOf(principal) > 0;
  }

  /** Makes room for one more connection of a client, where the policy is to close the oldest; false when there is none. */
  makeRoom(principal: Principal): boolean {
    if (this.isFullOf(principal)) return false;
    const excess = this.excessOf(principal);
    if (excess <= 0) return true;
    const refusal = this.refusal();
    for (const oldest of this.openOf(principal).slice(0, excess)) oldest.refuse(refusal, CloseCode.TooManyConnections, new Date(this.clock.now()).toISOString());
    return true;
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
