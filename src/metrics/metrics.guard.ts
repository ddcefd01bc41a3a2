// Who may read the metrics: the bearer of METRICS_TOKEN, and administrators.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AuthenticatedRequest, Authenticator, BearerGuard } from '../auth/index.js';
import { Settings } from '../config/index.js';

/** A {@link BearerGuard} that knows one more token, which stands for nobody. */
@Injectable()
export class MetricsGuard extends BearerGuard {
  private readonly digest: Buffer | undefined;

  constructor(@Inject(Authenticator) authenticator: Authenticator, @Inject(Reflector) reflector: Reflector, { metricsToken }: Settings) {
    super(authenticator, reflector);
    this.digest = metricsToken === undefined ? undefined : digestOf(metricsToken);
  }

  /** @throws ChatError `UNAUTHENTICATED` without a token that counts, `FORBIDDEN` for one without the scope */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const token = this.extractToken(context.switchToHttp().getRequest<AuthenticatedRequest>());
    // Digests are equally long, and compared in the same time whatever they are.
    if (token !== undefined && this.digest !== undefined && timingSafeEqual(digestOf(token), this.digest)) return true;
    return super.canActivate(context);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
