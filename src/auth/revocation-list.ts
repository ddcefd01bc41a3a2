// Tokens that do not count any more, though they have not expired.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { DeliveryEngine } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock, logKey } from '../log/index.js';
import type { Principal } from './principal.js';

/** What is to be revoked: one token by its `jti`, or a client's tokens that were issued up to a time. */
export type RevocationRequest =
  | { readonly tenant: string; readonly by: string; readonly tokenId: string }
  | { readonly tenant: string; readonly by: string; readonly clientId: string; /** Milliseconds since the epoch. */ readonly issuedBefore: number };

/**
 * Every revocation within REVOCATION_TTL_SECONDS, in memory as in the store. Live connections are closed by whoever listens to
 * `tokenRevoked`.
 *
 * @publicApi
 */
@Injectable()
export class RevocationList implements OnModuleInit {
  private readonly tokens = new Set<string>();
  private readonly clients = new Map<string, number>();

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const record of await this.engine.listRevocations(this.clock.now() - this.settings.revocationTtlSeconds * 1000)) {
      if (record.tokenId !== undefined) this.tokens.add(logKey(record.tenant, record.tokenId));
      else if (record.clientId !== undefined) this.raise(logKey(record.tenant, record.clientId), record.issuedBefore ?? 0);
    }
  }

  /** Whether a token does not count. One without `iat` may be as old as any. */
  isRevoked({ tenant, clientId, tokenId, issuedAt = 0 }: Principal): boolean {
    if (tokenId !== undefined && this.tokens.has(logKey(tenant, tokenId))) return true;
    const issuedBefore = this.clients.get(logKey(tenant, clientId));
    // `iat` has whole seconds: of two tokens of one second nobody knows which was first, so both are revoked.
    return issuedBefore !== undefined && issuedAt <= issuedBefore;
  }

  /** Resolves when the revocation is in the store, and in force. */
  async revoke(request: RevocationRequest): Promise<void> {
    const { by, ...revoked } = request;
    await this.engine.saveRevocation({ ...revoked, revokedAt: this.clock.now() });
    if ('tokenId' in request) this.tokens.add(logKey(request.tenant, request.tokenId));
    else this.raise(logKey(request.tenant, request.clientId), request.issuedBefore);
    this.events.emit('tokenRevoked', { ...revoked, by });
  }

  private raise(key: string, issuedBefore: number): void {
    this.clients.set(key, Math.max(issuedBefore, this.clients.get(key) ?? 0));
  }
}
