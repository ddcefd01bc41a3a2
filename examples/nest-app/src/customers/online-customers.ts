import { type ConnectionReference, type Disconnected, OnChatEvent } from '@chatapi/delivery';
import { Injectable } from '@nestjs/common';

/** Who is connected to this process. */
@Injectable()
export class OnlineCustomers {
  private readonly connections = new Map<string, string>();

  @OnChatEvent('connected')
  add({ connectionId, clientId }: ConnectionReference): void {
    this.connections.set(connectionId, clientId);
  }

  @OnChatEvent('disconnected')
  remove({ connectionId }: Disconnected): void {
    this.connections.delete(connectionId);
  }

  names(): string[] {
    return [...new Set(this.connections.values())].sort();
  }
}
