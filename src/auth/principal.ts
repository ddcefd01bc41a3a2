// Who is asking: what a verified token says.
import { DEFAULT_TENANT } from '../protocol/index.js';

/** The scopes that open something beyond what an ordinary client may do. */
export const Scope = {
  /** A trusted backend: publish to any room or client, on behalf of any client id. */
  Publish: 'publish',
  /** Everything. */
  Admin: 'admin',
  /** Debug mode where DEBUG_MODE=scope. */
  Debug: 'debug',
} as const;

/** One of the values of {@link Scope}. */
export type Scope = (typeof Scope)[keyof typeof Scope];

/**
 * The bearer of a verified token.
 *
 * @publicApi
 */
export interface Principal {
  /** The token's `sub`. */
  readonly clientId: string;
  readonly tenant: string;
  /** Every word of the token's `scope`, also those that mean nothing here. */
  readonly scopes: ReadonlySet<string>;
  /** From then on the token is refused: its `exp` and the clock tolerance, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The token's `jti`. */
  readonly tokenId?: string;
  /** The token's `iat`, in milliseconds since the epoch. */
  readonly issuedAt?: number;
}

/**
 * A part of this application that acts in its own name, such as a service that makes rooms: it may do everything in its tenant.
 *
 * @param clientId Stands in the audit trail as who did it.
 * @publicApi
 */
export function servicePrincipal(clientId: string, tenant: string = DEFAULT_TENANT): Principal {
  return { clientId, tenant, scopes: new Set([Scope.Admin]), expiresAt: Infinity };
}

/** Whether a principal may do what `scope` allows; `admin` allows everything. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.has(scope) || principal.scopes.has(Scope.Admin);
}
