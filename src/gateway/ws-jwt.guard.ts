// Whether the token a connection was opened with still holds, asked for each command.
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../connections/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode } from '../protocol/index.js';

/** Closes the connection with 4401 once its token has expired. */
@Injectable()
export class WsJwtGuard implements CanActivate {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const connection = context.switchToWs().getClient<Connection>();
    if (!this.holds(connection)) this.refuse(connection);
    return true;
  }

  /** Override to ask more than whether the token has expired. */
  protected holds({ principal }: Connection): boolean {
    return this.clock.now() < principal.expiresAt;
  }

  /** @throws ChatError `CONNECTION_ERROR`, after beginning to close */
  protected refuse(connection: Connection): never {
    const error = new ChatError('CONNECTION_ERROR', 'The token has expired');
    connection.sendError(error, new Date(this.clock.now()).toISOString());
    connection.close(CloseCode.Unauthenticated, error.message);
    throw error;
  }
}
