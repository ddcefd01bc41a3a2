// Tokens that this server accepts, signed with the configured secret.
import { randomUUID } from 'node:crypto';

/** What is asked of a token; who has signed it, and for whom, is in the settings. */
export interface AskedClaims {
  sub: string | undefined;
  scope?: string;
  tenant?: string;
  ttlSeconds: number;
}

/** A token and what it says. */
export interface SignedToken {
  token: string;
  claims: Record<string, unknown>;
}

/**
 * What signs tokens.
 *
 * @throws Error when there is no secret, but keys that others sign with
 */
export async function tokenSigner(): Promise<(asked: AskedClaims) => SignedToken> {
  // Loaded only here: what `--help` and a mistyped option do not need, they do not wait for.
  const [{ JwtService }, { readSettings, tokenAlgorithms }] = await Promise.all([import('@nestjs/jwt'), import('../config/index.js')]);
  const settings = readSettings();
  const { jwtSecret, jwtIssuer, jwtAudience } = settings;
  if (jwtSecret === undefined) {
    throw new Error('Tokens are signed by whoever holds the private key: JWT_PUBLIC_KEY and JWT_JWKS_URI only check them. Without both, JWT_SECRET signs.');
  }
  const service = new JwtService({ secret: jwtSecret });
  const [algorithm] = tokenAlgorithms(settings) as ('HS256' | 'HS384' | 'HS512')[];
  return ({ sub, scope, tenant, ttlSeconds }) => {
    const issuedAt = Math.floor(Date.now() / 1000);
    const claims = {
      sub,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + ttlSeconds,
      ...(scope !== undefined && { scope }),
      ...(tenant !== undefined && { tenant }),
      ...(jwtIssuer !== undefined && { iss: jwtIssuer }),
      ...(jwtAudience !== undefined && { aud: jwtAudience }),
    };
    return { token: service.sign(claims, { algorithm }), claims };
  };
}
