// Keeps banned clients out of the HTTP API.
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { AuthenticatedRequest } from '../auth/index.js';
import { BanList } from './ban-list.service.js';

/** Comes behind `BearerGuard`, which says who asks. */
@Injectable()
export class BanGuard implements CanActivate {
  constructor(private readonly bans: BanList) {}

  /** @throws ChatError `CLIENT_BANNED`, with the seconds that are left */
  canActivate(context: ExecutionContext): boolean {
    const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const ban = principal && this.bans.find(principal.tenant, principal.clientId);
    if (ban !== undefined) throw this.bans.refusal(ban);
    return true;
  }
}
