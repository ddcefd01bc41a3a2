// The HTTP guard: a verified bearer token, with the scope that the route demands.
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ChatError } from '../protocol/index.js';
import { Authenticator } from './authenticator.js';
import { bearerTokens } from './bearer-header.js';
import { hasScope, type Principal, type Scope } from './principal.js';
import { RequireScope } from './require-scope.decorator.js';

/** A request of Node's, which has several lines of one header by themselves. */
interface RequestLines {
  readonly headersDistinct?: { readonly authorization?: readonly string[] | undefined };
}

/** A request as the guard sees it, of whatever HTTP platform: with Node's in it (Fastify), or being it (Express). */
export interface AuthenticatedRequest extends RequestLines {
  readonly raw?: RequestLines;
  readonly headers: { readonly authorization?: string | undefined };
  readonly query?: unknown;
  principal?: Principal;
}

/**
 * Lets requests with a valid token through and puts the principal on them. Its protected methods are there to be
 * overridden.
 *
 * @publicApi
 */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) protected readonly authenticator: Authenticator,
    @Inject(Reflector) protected readonly reflector: Reflector,
  ) {}

  /** @throws ChatError `UNAUTHENTICATED` without a valid token, `FORBIDDEN` without the scope. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.authenticate(request);
    this.checkScope(principal, this.requiredScope(context));
    return true;
  }

  /**
   * Whoever sent a request; put on it, so that this is found out once a request, before its body is read where the platform allows.
   *
   * @throws ChatError `UNAUTHENTICATED`
   */
  async authenticate(request: AuthenticatedRequest): Promise<Principal> {
    if (request.principal !== undefined) return request.principal;
    const token = this.extractToken(request);
    if (token === undefined) throw new ChatError('UNAUTHENTICATED');
    return (request.principal = await this.authenticator.authenticate(token));
  }

  /** The one token of a request; undefined when there is none, or when there are two different ones. */
  protected extractToken(request: AuthenticatedRequest): string | undefined {
    // `headers` hold the first of two lines, and whoever stands before this server may have looked at the second.
    const { authorization = request.headers.authorization } = (request.raw ?? request).headersDistinct ?? {};
    const tokens = bearerTokens(authorization);
    // No place for a token here, and yet another one may have been looked at there.
    const { token = [] } = (request.query ?? {}) as { readonly token?: string | readonly string[] };
    if (tokens.size > 0) for (const other of [token].flat()) tokens.add(other);
    return tokens.size === 1 ? [...tokens][0] : undefined;
  }

  protected requiredScope(context: ExecutionContext): Scope | undefined {
    return this.reflector.getAllAndOverride(RequireScope, [context.getHandler(), context.getClass()]);
  }

  protected checkScope(principal: Principal, required: Scope | undefined): void {
    if (required !== undefined && !hasScope(principal, required)) throw new ChatError('FORBIDDEN');
  }
}
