// The flood limit on everything that is no message: acknowledgements, presence, token refreshes, pings, and pongs that answer nothing.
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Connection, WebSocketConnection } from '../connections/index.js';
import { RateLimits } from '../limits/index.js';

/** Guards commands that are no messages; pings and pongs of the protocol, which no guard sees, are counted by its methods. */
@Injectable()
export class ControlFrameLimit implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws ChatError `RATE_LIMIT_EXCEEDED` */
  canActivate(context: ExecutionContext): boolean {
    const connection = context.switchToWs().getClient<Connection>();
    if (this.allows(connection)) return true;
    throw this.limits.refusal(this.limits.controlWaitMs(connection.principal));
  }

  /** Answers a ping of the protocol (RFC 6455 §5.5.2); one beyond the limit is not answered. */
  ping(connection: WebSocketConnection, payload: Buffer): void {
    if (this.allows(connection)) connection.pong(payload);
  }

  /** Counts a pong of the protocol that was not asked for, or is not the echo that was. */
  unexpectedPong(connection: Connection): void {
    this.allows(connection);
  }

  private allows({ principal }: Connection): boolean {
    if (this.limits.takeControl(principal)) return true;
    this.limits.exceeded(principal, { kind: 'control', via: 'websocket', outcome: 'dropped', count: 1 });
    return false;
  }
}
