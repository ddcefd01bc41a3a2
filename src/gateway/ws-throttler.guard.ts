// The limit on messages that are sent over a WebSocket: what is beyond it is refused, or held.
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { ThrottlerLimitDetail, ThrottlerRequest } from '@nestjs/throttler';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import type { Connection } from '../connections/index.js';
import { ClientThrottlerGuard } from '../limits/index.js';
import { HeldMessages } from './held-messages.service.js';

/**
 * Stands before the `message` command. With RATE_LIMIT_OVERFLOW=queue a message beyond the limit waits here for its turn, and
 * the commands behind it go on.
 *
 * @publicApi
 */
@Injectable()
export class WsThrottlerGuard extends ClientThrottlerGuard {
  protected readonly via = 'websocket';

  @Inject(HeldMessages)
  private readonly held!: HeldMessages;

  @Inject(Settings)
  private readonly settings!: Settings;

  protected principalOf(context: ExecutionContext): Principal {
    return connectionOf(context).principal;
  }

  /** Whoever has messages that are held waits behind them. */
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const connection = connectionOf(request.context);
    if (!this.held.hasAny(connection.principal)) return super.handleRequest(request);
    await this.hold(connection);
    return true;
  }

  /** @throws ChatError `RATE_LIMIT_EXCEEDED`, unless the message is held: then it returns when its turn has come */
  protected override async throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const connection = connectionOf(context);
    const holds = this.settings.rateLimitOverflow === 'queue' && this.limits.kindOf(connection.principal) === 'message';
    return holds ? this.hold(connection) : super.throwThrottlingException(context, detail);
  }

  /** A socket has no headers to say what is left. */
  protected override setResponseHeader(): void {
    // Nothing to set.
  }

  private async hold(connection: Connection): Promise<void> {
    const turn = this.held.hold(connection.principal);
    connection.commands.proceed();
    await turn;
  }
}

function connectionOf(context: ExecutionContext): Connection {
  return context.switchToWs().getClient<Connection>();
}
