// The log's lines about what happens to connections beyond their beginning and end, which are logged where they happen.
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type AdminAction, type Banned, ChatEvents, type TokenRefreshed } from '../events/index.js';

/** What an administrator does to connections, and what the log calls it. */
const KICKS: Readonly<Record<string, string>> = { 'connection.close': 'kicked', 'client.disconnect': 'kicked from all connections' };

/** One line for each: a refreshed token, a client that is kicked, banned, or whose ban is lifted. Reasons that people wrote are in the audit trail alone. */
@Injectable()
export class ConnectionLog implements OnModuleInit {
  private readonly logger = new Logger('Connections');

  constructor(private readonly events: ChatEvents) {}

  onModuleInit(): void {
    this.events.on('tokenRefreshed', (event) => this.refreshed(event));
    this.events.on('adminAction', (action) => this.kicked(action));
    this.events.on('banned', (ban) => this.banned(ban));
    this.events.on('banLifted', ({ tenant, clientId, by }) => this.logger.log({ msg: 'ban lifted', client_id: clientId, tenant, by }));
  }

  private refreshed({ connectionId, clientId, tenant, expiresAt }: TokenRefreshed): void {
    this.logger.log({ msg: 'token refreshed', connection_id: connectionId, client_id: clientId, tenant, expires_at: new Date(expiresAt).toISOString() });
  }

  private kicked({ action, tenant, clientId, connectionId, by }: AdminAction): void {
    const msg = KICKS[action];
    if (msg !== undefined) this.logger.log({ msg, connection_id: connectionId, client_id: clientId, tenant, by, reason: 'administrator' });
  }

  private banned({ clientId, tenant, until, by }: Banned): void {
    const reason = by === undefined ? 'rate limit' : 'administrator';
    this.logger.warn({ msg: 'banned', client_id: clientId, tenant, reason, by, until: new Date(until).toISOString() });
  }
}
