// The limit on messages that are sent over HTTP.
import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { AuthenticatedRequest, Principal } from '../auth/index.js';
import { ClientThrottlerGuard } from './client-throttler.guard.js';

/**
 * Stands before every route that publishes one notification; comes behind `BearerGuard`.
 *
 * @publicApi
 */
@Injectable()
export class HttpThrottlerGuard extends ClientThrottlerGuard {
  protected readonly via = 'http';

  protected principalOf(context: ExecutionContext): Principal {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (principal === undefined) throw new Error('HttpThrottlerGuard needs BearerGuard before it');
    return principal;
  }
}
