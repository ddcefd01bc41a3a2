// Another token for a connection that lasts: its rights, its end and what it receives follow the new one.
import { Injectable } from '@nestjs/common';
import { Authenticator, type Principal } from '../auth/index.js';
import { type Connection, ConnectionDeadlines } from '../connections/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { ChatEvents } from '../events/index.js';
import { ChatError, type TokenExpiringData } from '../protocol/index.js';

@Injectable()
export class TokenRefresh {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly deadlines: ConnectionDeadlines,
    private readonly queue: DeliveryQueue,
    private readonly events: ChatEvents,
  ) {}

  /**
   * Replaces the token of a connection; when it is refused the connection stays as it was.
   *
   * @returns when the new token ends
   * @throws ChatError `CONNECTION_ERROR` for a token that is not valid, `FORBIDDEN` for one of another client or tenant
   */
  async refresh(connection: Connection, token: string): Promise<TokenExpiringData> {
    const principal = await this.authenticate(token);
    // It may have ended meanwhile: nothing is to be put back in its name.
    if (!connection.isOpen) throw new ChatError('CONNECTION_ERROR');
    const { tenant, clientId } = connection.principal;
    if (principal.tenant !== tenant || principal.clientId !== clientId) {
      throw new ChatError('FORBIDDEN', 'The token is of another client');
    }
    connection.replacePrincipal(principal);
    this.deadlines.schedule(connection);
    this.queue.refilter(connection);
    this.events.emit('tokenRefreshed', { ...connection.reference, expiresAt: this.deadlines.tokenEnd(connection) });
    return this.deadlines.expiry(connection);
  }

  private async authenticate(token: string): Promise<Principal> {
    try {
      return await this.authenticator.authenticate(token);
    } catch (cause) {
      throw new ChatError('CONNECTION_ERROR', undefined, {}, { cause });
    }
  }
}
