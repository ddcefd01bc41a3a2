// /api/v1/tokens/revoke: tokens that do not count any more.
import { Body, HttpCode, Inject, Post } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope, RevocationList, Scope } from '../auth/index.js';
import { ApiController, fieldError } from '../http/index.js';
import { Clock } from '../log/index.js';
import { TokenRevocation, toMilliseconds } from './dto/index.js';

/** Tokens that do not count any more. */
@ApiController('tokens')
@RequireScope(Scope.Admin)
export class TokensController {
  constructor(
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Revokes tokens.
   *
   * One by its `jti`, or all of a client's that were issued up to a time. Answered when the revocation is stored and in force; connections of such
   * tokens are being closed.
   */
  @Post('revoke')
  @HttpCode(204)
  async revoke(@CurrentPrincipal() { tenant, clientId: by }: Principal, @Body() body: TokenRevocation): Promise<void> {
    const { jti: tokenId, client_id: clientId, issued_before: issuedBefore } = body;
    if (tokenId !== undefined && clientId === undefined && issuedBefore === undefined) return this.revocations.revoke({ tenant, by, tokenId });
    if (tokenId !== undefined || clientId === undefined) throw fieldError({ jti: ['give jti alone, or client_id with or without issued_before'] });
    await this.revocations.revoke({ tenant, by, clientId, issuedBefore: toMilliseconds(issuedBefore) ?? this.clock.now() });
  }
}
