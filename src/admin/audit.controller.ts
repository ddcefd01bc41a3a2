// /api/v1/audit: the audit trail of the administrator's tenant.
import { Get, Inject, Query } from '@nestjs/common';
import { type AuditPage, type AuditReader, type AuditRecord, AuditSink, isAuditReader } from '../audit/index.js';
import { CurrentPrincipal, type Principal, RequireScope, Scope } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { ApiController, fieldError, type PageAnswer, toPageAnswer, toPageRequest } from '../http/index.js';
import { ChatError } from '../protocol/index.js';
import { AuditLogQuery } from './dto/index.js';

/** The audit trail of the administrator's tenant. */
@ApiController('audit')
@RequireScope(Scope.Admin)
export class AuditController {
  constructor(
    @Inject(AuditSink) private readonly sink: AuditSink,
    private readonly settings: Settings,
  ) {}

  /**
   * Searches the audit trail.
   *
   * Newest first. A page that is not full may be followed by another one: a search looks through a bounded part of the trail.
   *
   * @throws ChatError `AUDIT_NOT_READABLE`
   */
  @Get()
  async list(@CurrentPrincipal() { tenant }: Principal, @Query() query: AuditLogQuery): Promise<PageAnswer<AuditRecord>> {
    const { limit, after: before } = toPageRequest(query);
    const { client_id: clientId, room_id: roomId } = query;
    const since = query.since === undefined ? undefined : instantOf(query.since);
    const { records, next }: AuditPage = await this.reader().read({
      tenant,
      limit,
      ...(clientId !== undefined && { clientId }),
      ...(roomId !== undefined && { roomId }),
      ...(since !== undefined && { since }),
      ...(before !== undefined && { before }),
    });
    return toPageAnswer({ items: [...records], ...(next !== undefined && { next }) }, (record) => record);
  }

  /** @throws ChatError `AUDIT_NOT_READABLE` */
  private reader(): AuditReader {
    if (this.settings.audit === 'off') throw new ChatError('AUDIT_NOT_READABLE', 'No audit trail is kept: AUDIT is off');
    if (!isAuditReader(this.sink)) throw new ChatError('AUDIT_NOT_READABLE', 'The audit trail goes where this server cannot read it');
    return this.sink;
  }
}

/** Milliseconds since the epoch. A day that no month has looks like a time too. */
function instantOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw fieldError({ since: ['since must be a time that exists'] });
  return at;
}
