// How many connections there may be: in this process, from one address, of one client.
import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';
import { networkOf } from './client-network.js';
import { ConnectionRegistry } from './connection-registry.js';

/** Limits that are asked for before a connection is made. */
@Injectable()
export class ConnectionCapacity {
  /** Upgrades whose tokens are being verified. */
  private pending = 0;

  constructor(
    private readonly settings: Settings,
    private readonly registry: ConnectionRegistry,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** The process has as many as it may (MAX_CONNECTIONS). */
  get isFull(): boolean {
    const { maxConnections } = this.settings;
    return maxConnections > 0 && this.registry.size + this.pending >= maxConnections;
  }

  /** An upgrade is being verified: until the result, called once, it takes a place. */
  reserve(): () => void {
    this.pending++;
    return () => {
      this.pending--;
    };
  }

  /** The address has as many as it may (MAX_CONNECTIONS_PER_IP). */
  isFullFor(address: string): boolean {
    const { maxConnectionsPerIp } = this.settings;
    return maxConnectionsPerIp > 0 && this.registry.countFrom(networkOf(address)) >= maxConnectionsPerIp;
  }

  /** Makes room for one more connection of a client, where the policy is to close the oldest; false when there is none. */
  makeRoom({ tenant, clientId }: Principal): boolean {
    const { maxConnectionsPerClient, connectionLimitPolicy } = this.settings;
    if (maxConnectionsPerClient === 0) return true;
    const open = this.registry.of(tenant, clientId).filter((connection) => connection.isOpen);
    const excess = open.length + 1 - maxConnectionsPerClient;
    if (excess <= 0) return true;
    if (connectionLimitPolicy === 'refuse-newest') return false;
    const refusal = this.refusal();
    for (const oldest of open.slice(0, excess)) oldest.refuse(refusal, CloseCode.TooManyConnections, new Date(this.clock.now()).toISOString());
    return true;
  }

  /** What a client is told that has too many. */
  refusal(): ChatError {
    return new ChatError('CONNECTION_ERROR', `At most ${this.settings.maxConnectionsPerClient} connections of a client are allowed`);
  }
}
