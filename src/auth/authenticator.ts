// From a token to its bearer: verified, and not revoked.
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '../protocol/index.js';
import type { Principal } from './principal.js';
import { RevocationList } from './revocation-list.js';
import { TokenVerifier } from './token-verifier.interface.js';

/**
 * What every door asks: HTTP, upgrades and `token_refresh`.
 *
 * @publicApi
 */
@Injectable()
export class Authenticator {
  constructor(
    @Inject(TokenVerifier) private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationList,
  ) {}

  /** @throws ChatError `UNAUTHENTICATED`, alike for a token that is not valid and one that was revoked */
  async authenticate(token: string): Promise<Principal> {
    const principal = await this.verifier.verify(token);
    if (this.revocations.isRevoked(principal)) throw new ChatError('UNAUTHENTICATED');
    return principal;
  }

  /** The bearer of a token that was verified before and counts still; undefined when {@link authenticate} has to look at it. */
  known(token: string): Principal | undefined {
    const principal = this.verifier.known?.(token);
    return principal === undefined || this.revocations.isRevoked(principal) ? undefined : principal;
  }
}
