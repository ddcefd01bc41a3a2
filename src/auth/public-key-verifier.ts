// Tokens signed with a private key: RSA, elliptic curves, EdDSA (RFC 7518 §3.3 to 3.5, RFC 8037).
import type { KeyObject } from 'node:crypto';
import { type JWTVerifyGetKey, jwtVerify, type JWTVerifyOptions } from 'jose';
import { type Settings, tokenAlgorithms } from '../config/index.js';
import type { Clock } from '../log/index.js';
import type { SignatureVerifier, SignedToken } from './signature-verifier.interface.js';

/** Nothing but public keys is ever used, and nothing that a token names (`jku`, `jwk`, `x5u`) is ever looked at. */
export class PublicKeyVerifier implements SignatureVerifier {
  private readonly options: JWTVerifyOptions;

  constructor(
    /** The key, or what finds it by the token's `kid`. */
    private readonly key: KeyObject | JWTVerifyGetKey,
    settings: Settings,
    private readonly clock: Clock,
  ) {
    const { jwtIssuer, jwtAudience, jwtClockToleranceSeconds } = settings;
    this.options = {
      algorithms: tokenAlgorithms(settings),
      clockTolerance: jwtClockToleranceSeconds,
      ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
      ...(jwtAudience !== undefined && { audience: jwtAudience }),
    };
  }

  async verify(token: string): Promise<SignedToken> {
    const options = { ...this.options, currentDate: new Date(this.clock.now()) };
    const { key } = this;
    const { protectedHeader, payload } = typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
    return { header: { ...protectedHeader }, payload };
  }
}
