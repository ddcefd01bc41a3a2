// Every connection of this process.
import { Injectable } from '@nestjs/common';
import { logKey } from '../log/index.js';
import type { Connection } from './connection.js';

/**
 * Knows who is connected here.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionRegistry {
  private readonly connections = new Map<string, Connection>();
  private readonly byNetwork = new Map<string, number>();
  private readonly byClient = new Map<string, Set<Connection>>();

  /** Connections that are open now. */
  get size(): number {
    return this.connections.size;
  }

  add(connection: Connection): void {
    this.connections.set(connection.id, connection);
    this.byNetwork.set(connection.network, this.countFrom(connection.network) + 1);
    const key = keyOf(connection);
    const siblings = this.byClient.get(key);
    if (siblings === undefined) this.byClient.set(key, new Set([connection]));
    else siblings.add(connection);
  }

  /** Returns false when it was not there. */
  remove(connection: Connection): boolean {
    if (!this.connections.delete(connection.id)) return false;
    const left = this.countFrom(connection.network) - 1;
    if (left === 0) this.byNetwork.delete(connection.network);
    else this.byNetwork.set(connection.network, left);
    const key = keyOf(connection);
    const siblings = this.byClient.get(key);
    siblings?.delete(connection);
    if (siblings?.size === 0) this.byClient.delete(key);
    return true;
  }

  get(id: string): Connection | undefined {
    return this.connections.get(id);
  }

  /** Connections from an address, or the network it stands for; see `networkOf`. */
  countFrom(network: string): number {
    return this.byNetwork.get(network) ?? 0;
  }

  /** All connections, oldest first. */
  all(): IterableIterator<Connection> {
    return this.connections.values();
  }

  /** A client's connections, oldest first. */
  of(tenant: string, clientId: string): readonly Connection[] {
    return [...(this.byClient.get(logKey(tenant, clientId)) ?? [])];
  }
}

function keyOf({ principal }: Connection): string {
  return logKey(principal.tenant, principal.clientId);
}
