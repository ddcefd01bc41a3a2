// What happens to a connection because time passes: its token nears its end, ends, and its lifetime does.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { ChatError, CloseCode, type ReconnectData, type TokenExpiringData } from '../protocol/index.js';
import type { Connection } from './connection.js';
import { DeadlineWheel } from './deadline-wheel.js';

/** How often the wheel is looked at, ms. */
const TICK_MS = 250;

/** A lifetime is so much longer or shorter, at most. */
const LIFETIME_JITTER = 0.1;

/** After the end of its lifetime a connection should wait up to this time before it comes back, ms. */
const RECONNECT_SPREAD_MS = 5_000;

/** One wheel for all connections of this process. */
@Injectable()
export class ConnectionDeadlines implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly wheel: DeadlineWheel<Connection>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.wheel = new DeadlineWheel(clock.now());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wheel.expire(this.clock.now(), (connection) => this.act(connection)), TICK_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** A connection is open: its lifetime begins. */
  begin(connection: Connection): void {
    const lifetimeMs = this.settings.maxConnectionLifetimeSeconds * 1000;
    if (lifetimeMs > 0) connection.endsAt = connection.connectedAt + lifetimeMs * (1 - LIFETIME_JITTER + 2 * LIFETIME_JITTER * Math.random());
    this.schedule(connection);
  }

  /** A connection's token has changed, or something of it has been done. */
  schedule(connection: Connection): void {
    const { expiresAt } = connection.principal;
    const tellAt = connection.expiryTold || !connection.controlFrames ? Infinity : this.tellAt(connection);
    this.wheel.set(connection, Math.min(expiresAt, connection.endsAt, tellAt));
  }

  /** A connection has ended. */
  end(connection: Connection): void {
    this.wheel.remove(connection);
  }

  /** When a connection's token ends by its own claim, in milliseconds since the epoch: without the tolerance for clocks. */
  tokenEnd({ principal }: Connection): number {
    return principal.expiresAt - this.settings.jwtClockToleranceSeconds * 1000;
  }

  /** What a client is told of the end of its token. */
  expiry(connection: Connection): TokenExpiringData {
    return { expires_at: new Date(this.tokenEnd(connection)).toISOString() };
  }

  private tellAt(connection: Connection): number {
    const { tokenExpiringSeconds } = this.settings;
    return tokenExpiringSeconds === 0 ? Infinity : this.tokenEnd(connection) - tokenExpiringSeconds * 1000;
  }

  private act(connection: Connection): void {
    const now = this.clock.now();
    if (now >= connection.principal.expiresAt) {
      connection.refuse(new ChatError('CONNECTION_ERROR', 'The token has expired'), CloseCode.Unauthenticated, new Date(now).toISOString());
    } else if (now >= connection.endsAt) {
      const data: ReconnectData = { reason: 'lifetime reached', after_ms: Math.round(Math.random() * RECONNECT_SPREAD_MS) };
      connection.sendReconnect(data);
      connection.close(CloseCode.LifetimeReached, 'lifetime reached');
    } else {
      if (!connection.expiryTold && now >= this.tellAt(connection)) {
        connection.expiryTold = true;
        connection.sendControl('token_expiring', this.expiry(connection));
      }
      this.schedule(connection);
    }
  }
}
