// Bans and revocations take effect on the connections that are open.
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RevocationList } from '../auth/index.js';
import { ChatEvents, type ClientReference } from '../events/index.js';
import { BanList } from '../limits/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';
import { ConnectionRegistry } from './connection-registry.js';

/** Closes connections whose client was banned (4403), or whose token was revoked (4401), as soon as that is known. */
@Injectable()
export class AccessEnforcement implements OnApplicationBootstrap {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly events: ChatEvents,
    private readonly bans: BanList,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.events.on('banInForce', (client) => this.closeBanned(client));
    this.events.on('revocationInForce', ({ tenant }) => this.closeRevoked(tenant));
  }

  private closeBanned({ tenant, clientId }: ClientReference): void {
    const ban = this.bans.find(tenant, clientId);
    if (ban === undefined) return;
    const refusal = this.bans.refusal(ban);
    for (const connection of this.registry.of(tenant, clientId)) connection.refuse(refusal, CloseCode.Banned, this.timestamp());
  }

  private closeRevoked(tenant: string): void {
    const error = new ChatError('CONNECTION_ERROR', 'The token was revoked');
    for (const connection of this.registry.all()) {
      if (connection.principal.tenant !== tenant || !this.revocations.isRevoked(connection.principal)) continue;
      connection.refuse(error, CloseCode.Unauthenticated, this.timestamp());
    }
  }

  private timestamp(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
