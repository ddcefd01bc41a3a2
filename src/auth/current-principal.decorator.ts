// Hands the request's principal to a route's method.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AuthenticatedRequest } from './bearer.guard.js';

/**
 * The principal that {@link BearerGuard} put on the request.
 *
 * @publicApi
 */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal === undefined) throw new Error('CurrentPrincipal needs BearerGuard on the route');
  return principal;
});
