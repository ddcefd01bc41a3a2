// Tokens as an identity provider would sign them (RFC 7519, HS256), made without the server's own libraries.
import { createHmac } from 'node:crypto';

/** The secret that every server under test shares with the tests. */
export const JWT_SECRET = 'a-secret-of-the-tests-that-is-long-enough';

/** The claims of a token. `sub` is the client's id. */
export interface Claims {
  sub: string;
  /** Space-separated. */
  scope?: string;
  tenant?: string;
  /** Seconds since the epoch; an hour from now when absent. */
  exp?: number;
  /** Seconds since the epoch; now when absent, left out when undefined. */
  iat?: number | undefined;
  jti?: string;
}

/** Signs a token. */
export function signToken(claims: Claims, secret = JWT_SECRET): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = [{ alg: 'HS256', typ: 'JWT' }, { iat: now, exp: now + 3600, ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token with scope `admin`. */
export function adminToken(tenant?: string): string {
  return signToken({ sub: 'admin', scope: 'admin', ...(tenant !== undefined && { tenant }) });
}
