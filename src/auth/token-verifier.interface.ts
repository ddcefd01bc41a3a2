// What turns a token into a principal, and the seam where another way of doing so is plugged in.
import { type Principal } from './principal.js';

/** The injection token of the verifier in use. */
export const TokenVerifier = Symbol('TokenVerifier');

/**
 * Verifies tokens.
 *
 * @publicApi
 */
export interface TokenVerifier {
  /**
   * Resolves with the token's bearer.
   *
   * @throws ChatError `UNAUTHENTICATED`, always with the same message: neither the token nor the reason is given away.
   */
  verify(token: string): Promise<Principal>;
  /** An ability that a verifier may have: the bearer of a token that it has verified before and would verify again, at once. */
  known?(token: string): Principal | undefined;
}
