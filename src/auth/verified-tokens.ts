// Tokens that were verified already: most requests come with one that the request before had.
import { hash } from 'node:crypto';
import type { Clock } from '../log/index.js';
import type { Principal } from './principal.js';

/** How many are remembered; those used least recently are forgotten first. Each takes about 0.6 KB. */
const MAX_TOKENS = 1024;

/**
 * Bearers by the SHA-256 of their token, so that no token is kept. A bearer is given out for as long as its token has not
 * expired; whether it was revoked is asked elsewhere, at every use.
 */
export class VerifiedTokens {
  private readonly principals = new Map<string, Principal>();

  constructor(
    private readonly clock: Clock,
    private readonly max = MAX_TOKENS,
  ) {}

  /** How many are remembered. */
  get size(): number {
    return this.principals.size;
  }

  /** The key of a token. */
  keyOf(token: string): string {
    return hash('sha256', token, 'base64');
  }

  /** The bearer of a token that was verified before and has not expired. */
  find(key: string): Principal | undefined {
    const principal = this.principals.get(key);
    if (principal === undefined) return undefined;
    this.principals.delete(key);
    if (principal.expiresAt <= this.clock.now()) return undefined;
    this.principals.set(key, principal);
    return principal;
  }

  /** Remembers whose a token is that was verified just now. */
  remember(key: string, principal: Principal): void {
    this.principals.set(key, principal);
    if (this.principals.size <= this.max) return;
    const [oldest] = this.principals.keys();
    this.principals.delete(oldest);
  }
}
