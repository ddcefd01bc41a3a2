// Tokens signed with a shared secret (HMAC, RFC 7518 §3.2).
import type { KeyObject } from 'node:crypto';
import type { JwtService, JwtVerifyOptions } from '@nestjs/jwt';
import { type Settings, tokenAlgorithms } from '../config/index.js';
import type { Clock } from '../log/index.js';
import type { SignatureVerifier, SignedToken } from './signature-verifier.interface.js';

/** Nothing but HMAC is ever tried with a secret. */
export class SharedSecretVerifier implements SignatureVerifier {
  private readonly algorithms: JwtVerifyOptions['algorithms'];

  constructor(
    private readonly jwt: JwtService,
    /** As a key: of a string, the library first tries at every token whether it is a public key. */
    private readonly secret: KeyObject,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.algorithms = tokenAlgorithms(settings) as JwtVerifyOptions['algorithms'];
  }

  async verify(token: string): Promise<SignedToken> {
    const { jwtIssuer, jwtAudience, jwtClockToleranceSeconds } = this.settings;
    const complete: unknown = await this.jwt.verifyAsync(token, {
      // The service wants a string or a Buffer by its types; the library below takes a key.
      secret: this.secret as unknown as string,
      algorithms: this.algorithms,
      complete: true,
      clockTimestamp: Math.floor(this.clock.now() / 1000),
      clockTolerance: jwtClockToleranceSeconds,
      ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
      ...(jwtAudience !== undefined && { audience: jwtAudience }),
    });
    return complete as SignedToken;
  }
}
