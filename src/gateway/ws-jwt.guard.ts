// Whether the token of a connection still holds, asked for each command.
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { RevocationList } from '../auth/index.js';
import type { Connection } from '../connections/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';

/** Closes the connection with 4401 once its token has expired or was revoked. */
@Injectable()
export class WsJwtGuard implements CanActivate {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(RevocationList) private readonly revocations: RevocationList,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const connection = context.switchToWs().getClient<Connection>();
    if (!this.holds(connection)) this.refuse(connection);
    return true;
  }

  /** Override to ask more. */
  protected holds({ principal }: Connection): boolean {
    return this.clock.now() < principal.expiresAt && !this.revocations.isRevoked(principal);
  }

  /** @throws ChatError `CONNECTION_ERROR`, after beginning to close */
  protected refuse(connection: Connection): never {
    const error = new ChatError('CONNECTION_ERROR', 'The token has expired or was revoked');
    connection.refuse(error, CloseCode.Unauthenticated, new Date(this.clock.now()).toISOString());
    throw error;
  }
}
