// Who is let in, whatever carries the connection: by page, room, token and bans. Everything is decided before there is one.
import type { IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import type { Place } from '../engine/index.js';
import { ChatEvents, type RefusalReason } from '../events/index.js';
import { clientAddress, trustedProxies } from '../http/index.js';
import { BanList } from '../limits/index.js';
import { Clock } from '../log/index.js';
import type { ChatError } from '../protocol/index.js';
import { AuthFailures } from './auth-failures.js';
import { ConnectionCapacity } from './connection-capacity.service.js';
import type { ConnectionOrigin } from './connection.js';
import { DrainState } from './drain-state.js';
import { OriginPolicy } from './origin-policy.js';

/** When a client may come back that was turned away because of others, seconds. */
export const RETRY_AFTER_SECONDS = 5;

/** Why somebody is not let in, as an HTTP status. */
export interface Turnaway {
  readonly reason: RefusalReason;
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** What is asked of each way in, while a connection is made. */
export interface Entrance {
  /** Whether the client is refused meanwhile, and has been told so, or is gone. Asked before and after the other servers. */
  isRefused(): boolean;
  /** Makes the connection; false when it came to nothing. `makeRoom` is to be called right before, and says whether there is a place for it. */
  open(origin: ConnectionOrigin, place: Place | undefined, makeRoom: () => boolean): boolean;
}

@Injectable()
export class ConnectionAdmission {
  private readonly logger = new Logger('Connections');
  private readonly origins: OriginPolicy;
  private readonly failures: AuthFailures;
  private readonly trusted: ReturnType<typeof trustedProxies>;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly drain: DrainState,
    private readonly capacity: ConnectionCapacity,
    private readonly bans: BanList,
    private readonly events: ChatEvents,
    settings: Settings,
  ) {
    this.origins = new OriginPolicy(settings.allowedOrigins);
    this.failures = new AuthFailures(settings.authFailuresPerMinute);
    this.trusted = trustedProxies(settings.trustProxy);
  }

  /** Where a request comes from, behind trusted proxies. */
  addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.trusted);
  }

  /** Whether the page may connect that a browser says to send the request; true where no page is named. */
  allowsPage({ headers }: IncomingMessage): boolean {
    return this.origins.allows(headers.origin, headers.host);
  }

  /** Why there is no room for anybody, or for this address; it may change while a token is verified. */
  turnaway(address: string): Turnaway | undefined {
    if (this.drain.draining) return { reason: 'draining', status: 503, retryAfterSeconds: 1 };
    if (this.capacity.isFull) return { reason: 'too_many_connections', status: 503, retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (this.capacity.isFullFor(address)) return { reason: 'too_many_connections_of_address', status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS };
    return undefined;
  }

  /** What a banned client is told. */
  banOf({ tenant, clientId }: Principal): ChatError | undefined {
    const ban = this.bans.find(tenant, clientId);
    return ban && this.bans.refusal(ban);
  }

  /** Counts a failed authentication; see {@link AuthFailures.record}. */
  failed(address: string): number {
    return this.failures.record(address);
  }

  /** Takes a place for a client that is known, at all servers, and has its connection made. */
  async admit(principal: Principal, address: string, entrance: Entrance): Promise<void> {
    if (entrance.isRefused()) return;
    const id = randomUUID();
    const place = await this.capacity.reserve(principal, id);
    let isOpen = false;
    try {
      // Asking may have taken its time.
      isOpen =
        !entrance.isRefused() &&
        entrance.open({ id, address, connectedAt: this.clock.now() }, place, () => this.capacity.makeRoom(principal, id, place));
    } finally {
      if (!isOpen) this.capacity.giveUp(principal, id, place);
    }
  }

  /** Says in the log, and to whoever listens, who was not let in. */
  report(address: string, reason: RefusalReason, known?: Principal): void {
    const client = known && { tenant: known.tenant, clientId: known.clientId };
    this.logger.warn({ msg: 'connection refused', reason, address, ...(client && { tenant: client.tenant, client_id: client.clientId }) });
    this.events.emit('refused', { reason, address, ...(client && { client }) });
  }
}
