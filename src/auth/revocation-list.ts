// Tokens that do not count any more, though they have not expired.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { type AccessChange, DeliveryEngine, type RevocationRecord } from '../engine/index.js';
import { ChatEvents } from '../events/index.js';
import { Clock, logKey } from '../log/index.js';
import type { Principal } from './principal.js';

/** What is to be revoked: one token by its `jti`, or a client's tokens that were issued up to a time. */
export type RevocationRequest =
  | { readonly tenant: string; readonly by: string; readonly tokenId: string }
  | { readonly tenant: string; readonly by: string; readonly clientId: string; /** Milliseconds since the epoch. */ readonly issuedBefore: number };

/** What is remembered of a revocation, in milliseconds since the epoch. */
interface Remembered {
  readonly revokedAt: number;
  /** Tokens issued later count. */
  readonly issuedBefore: number;
}

/**
 * Every revocation within REVOCATION_TTL_SECONDS, in memory as in the store, whichever process has made it. Live connections are closed by
 * whoever listens to `revocationInForce`.
 *
 * @publicApi
 */
@Injectable()
export class RevocationList implements OnModuleInit {
  /** By tenant and `jti`; like the other, in the order of their revocation. */
  private readonly tokens = new Map<string, Remembered>();
  /** By tenant and client. */
  private readonly clients = new Map<string, Remembered>();

  constructor(
    @Inject(DeliveryEngine) private readonly engine: DeliveryEngine,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Clock) private readonly clock: Clock,
    private readonly events: ChatEvents,
  ) {}

  async onModuleInit(): Promise<void> {
    this.engine.listenAccess((change) => this.accept(change));
    const records = await this.engine.listRevocations(this.forgottenUpTo());
    for (const record of records.sort((a, b) => a.revokedAt - b.revokedAt)) this.remember(record);
  }

  /** How many revocations are remembered. */
  get size(): number {
    return this.tokens.size + this.clients.size;
  }

  /** Whether a token does not count. One without `iat` may be as old as any. */
  isRevoked({ tenant, clientId, tokenId, issuedAt = 0 }: Principal): boolean {
    if (tokenId !== undefined && this.tokens.has(logKey(tenant, tokenId))) return true;
    const revoked = this.clients.get(logKey(tenant, clientId));
    // `iat` has whole seconds: of two tokens of one second nobody knows which was first, so both are revoked.
    return revoked !== undefined && issuedAt <= revoked.issuedBefore;
  }

  /** Resolves when the revocation is in the store, and in force. */
  async revoke(request: RevocationRequest): Promise<void> {
    const { by, ...revoked } = request;
    const record = { ...revoked, revokedAt: this.clock.now() };
    await this.engine.saveRevocation(record);
    this.remember(record);
    this.forgetOld();
    this.events.emit('tokenRevoked', { ...revoked, by });
    this.events.emit('revocationInForce', { tenant: record.tenant });
  }

  /** What other processes have revoked, or this one: then it is known already. */
  private accept(change: AccessChange): void {
    const records = change.kind === 'revoked' ? [change.revocation] : change.kind === 'reloaded' ? change.revocations : [];
    for (const record of records) {
      if (record.revokedAt <= this.forgottenUpTo()) continue;
      this.remember(record);
      this.events.emit('revocationInForce', { tenant: record.tenant });
    }
  }

  /** A client's revocation is only ever raised. */
  private remember({ tenant, tokenId, clientId, issuedBefore = 0, revokedAt }: RevocationRecord): void {
    if (tokenId !== undefined) return moveToEnd(this.tokens, logKey(tenant, tokenId), { revokedAt, issuedBefore });
    if (clientId === undefined) return;
    const key = logKey(tenant, clientId);
    moveToEnd(this.clients, key, { revokedAt, issuedBefore: Math.max(issuedBefore, this.clients.get(key)?.issuedBefore ?? 0) });
  }

  private forgetOld(): void {
    const upTo = this.forgottenUpTo();
    for (const list of [this.tokens, this.clients]) {
      for (const [key, { revokedAt }] of list) {
        if (revokedAt > upTo) break;
        list.delete(key);
      }
    }
  }

  private forgottenUpTo(): number {
    return this.clock.now() - this.settings.revocationTtlSeconds * 1000;
  }
}

function moveToEnd(list: Map<string, Remembered>, key: string, value: Remembered): void {
  list.delete(key);
  list.set(key, value);
}
