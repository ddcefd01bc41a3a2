// The default token verifier: JSON Web Tokens (RFC 7519).
import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { Clock } from '../log/index.js';
import { ChatError, DEFAULT_TENANT, isIdentifier } from '../protocol/index.js';
import { type Principal } from './principal.js';
import { SignatureVerifier, type SignedToken } from './signature-verifier.interface.js';
import { type TokenVerifier } from './token-verifier.interface.js';
import { VerifiedTokens } from './verified-tokens.js';

/** The longest token that is looked at, in bytes. */
export const MAX_TOKEN_BYTES = 8192;

/** The last time that a date can tell (ECMA-262 §21.4.1.1): a token that ends later ends then, or nobody could be told when. */
const LAST_DATE_MS = 8.64e15;

/**
 * Verifies signature and times, then reads the claims. Where keys are fixed this is done once a token, not once a request.
 *
 * @publicApi
 */
@Injectable()
export class JwtTokenVerifier implements TokenVerifier {
  private readonly verified: VerifiedTokens | undefined;

  constructor(
    @Inject(SignatureVerifier) private readonly signatures: SignatureVerifier,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Clock) clock: Clock,
  ) {
    this.verified = signatures.keysAreFixed === true ? new VerifiedTokens(clock) : undefined;
  }

  async verify(token: string): Promise<Principal> {
    if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) throw new ChatError('UNAUTHENTICATED');
    const { verified } = this;
    if (verified === undefined) return this.verifyAnew(token);
    const key = verified.keyOf(token);
    const known = verified.find(key);
    if (known !== undefined) return known;
    const principal = await this.verifyAnew(token);
    verified.remember(key, principal);
    return principal;
  }

  known(token: string): Principal | undefined {
    const { verified } = this;
    return verified === undefined || token.length > MAX_TOKEN_BYTES ? undefined : verified.find(verified.keyOf(token));
  }

  private async verifyAnew(token: string): Promise<Principal> {
    const { header, payload } = await this.verifySignature(token);
    // RFC 7515 §4.1.11: extensions named there must be understood, and none is.
    if (header.crit !== undefined) throw new ChatError('UNAUTHENTICATED');
    const principal = this.toPrincipal(payload);
    if (principal === undefined) throw new ChatError('UNAUTHENTICATED');
    return principal;
  }

  private async verifySignature(token: string): Promise<SignedToken> {
    try {
      return await this.signatures.verify(token);
    } catch {
      // The cause stays here: a parser's message may quote the token.
      throw new ChatError('UNAUTHENTICATED');
    }
  }

  /** The claims as a principal; undefined when one of them is missing or unusable. */
  private toPrincipal(payload: unknown): Principal | undefined {
    if (typeof payload !== 'object' || payload === null) return undefined;
    const { sub, exp, iat, jti, scope = '', tenant = DEFAULT_TENANT } = payload as Record<string, unknown>;
    if (!isIdentifier(sub) || !isIdentifier(tenant)) return undefined;
    // JSON can hold 1e999, which is read as Infinity: a token that never expires.
    if (typeof exp !== 'number' || !Number.isFinite(exp)) return undefined;
    if (typeof scope !== 'string') return undefined;
    if (jti !== undefined && typeof jti !== 'string') return undefined;
    return {
      clientId: sub,
      tenant,
      scopes: new Set(scope.split(' ').filter((word) => word !== '')),
      expiresAt: Math.min((exp + this.settings.jwtClockToleranceSeconds) * 1000, LAST_DATE_MS),
      ...(jti !== undefined && { tokenId: jti }),
      ...(typeof iat === 'number' && Number.isFinite(iat) && { issuedAt: iat * 1000 }),
    };
  }
}
