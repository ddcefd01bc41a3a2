// Nest's throttler, taught whom it limits: a client inside its tenant, whatever route or connection it uses.
import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Principal } from '../auth/index.js';
import { RateLimits } from './rate-limits.service.js';

/**
 * The limit on what clients send. Counting is by tenant and client; what is beyond the limit fails with
 * `RATE_LIMIT_EXCEEDED`. Subclasses say where the principal is found.
 *
 * @publicApi
 */
@Injectable()
export abstract class ClientThrottlerGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    @Inject(Reflector) reflector: Reflector,
    @Inject(RateLimits) protected readonly limits: RateLimits,
  ) {
    super(options, storage, reflector);
  }

  /** Who sends. */
  protected abstract principalOf(context: ExecutionContext): Principal;

  /** By which way. */
  protected abstract readonly via: 'websocket' | 'http';

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(this.limits.limitOf(this.limits.kindOf(this.principalOf(context))) === Infinity);
  }

  /** Trusted backends have a limit of their own. */
  protected override handleRequest(request: ThrottlerRequest): Promise<boolean> {
    return super.handleRequest({ ...request, limit: this.limits.limitOf(this.limits.kindOf(this.principalOf(request.context))) });
  }

  protected override getTracker(_request: unknown, context?: ExecutionContext): Promise<string> {
    if (context === undefined) throw new Error('The throttler gave no context');
    const principal = this.principalOf(context);
    return Promise.resolve(this.limits.keyOf(principal, this.limits.kindOf(principal)));
  }

  /** The tracker alone: the same for every route and every type of frame. */
  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  /** @throws ChatError `RATE_LIMIT_EXCEEDED` */
  protected override throwThrottlingException(context: ExecutionContext, { timeToBlockExpire }: ThrottlerLimitDetail): Promise<void> {
    const principal = this.principalOf(context);
    this.limits.exceeded(principal, { kind: this.limits.kindOf(principal), via: this.via, outcome: 'dropped', count: 1 });
    throw this.limits.refusal(timeToBlockExpire * 1000);
  }
}
