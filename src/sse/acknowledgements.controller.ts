// POST /api/v1/clients/:client_id/acknowledgements: for clients whose connection brings nothing back, and any others.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, HttpCode, Inject, Options, Param, Post, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '../auth/index.js';
import { DeliveryQueue } from '../delivery/index.js';
import { API_PREFIX, ApiController, PathIdPipe } from '../http/index.js';
import { RateLimits } from '../limits/index.js';
import { ChatError } from '../protocol/index.js';
import { Acknowledgement } from './dto/acknowledgement.js';
import { PageAccess } from './page-access.js';

const clientIdPipe = new PathIdPipe('CLIENT_NOT_FOUND');

const ROUTE = 'clients/:client_id/acknowledgements';

/** The part of a Fastify reply that is used here. */
interface HeaderReply {
  header(name: string, value: string): unknown;
}

/** Acknowledging over HTTP, for those whose connection brings nothing back. */
@ApiController(ROUTE)
export class AcknowledgementsController {
  constructor(
    @Inject(DeliveryQueue) private readonly queue: DeliveryQueue,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(PageAccess) private readonly pages: PageAccess,
  ) {}

  /**
   * Acknowledges a room's notifications up to and including `seq`.
   *
   * For the client itself. Answered when it is stored.
   *
   * @throws ChatError `FORBIDDEN`, `RATE_LIMIT_EXCEEDED`
   */
  @Post()
  @HttpCode(204)
  async acknowledge(
    @CurrentPrincipal() principal: Principal,
    @Param('client_id', clientIdPipe) clientId: string,
    @Body() { room_id: roomId, seq, device }: Acknowledgement,
    @Req() { raw }: { readonly raw: IncomingMessage },
    @Res({ passthrough: true }) reply: HeaderReply,
  ): Promise<void> {
    for (const [name, value] of Object.entries(this.pages.headersFor(raw) ?? {})) reply.header(name, value);
    // Nobody else knows what has arrived.
    if (clientId !== principal.clientId) throw new ChatError('FORBIDDEN');
    if (!this.limits.takeControl(principal)) {
      this.limits.exceeded(principal, { kind: 'control', via: 'http', outcome: 'dropped', count: 1 });
      throw this.limits.refusal(this.limits.controlWaitMs(principal));
    }
    await this.queue.acknowledgeFor({ tenant: principal.tenant, clientId, device }, roomId, seq);
  }
}

/**
 * A preflight carries no token.
 *
 * @tag Acknowledgements
 */
@Controller(`${API_PREFIX}/${ROUTE}`)
export class AcknowledgementPreflightController {
  constructor(@Inject(PageAccess) private readonly pages: PageAccess) {}

  /**
   * Answers the preflight of a page from elsewhere.
   *
   * @answers 403 Pages of this origin may not ask.
   */
  @Options()
  @HttpCode(204)
  preflight(@Req() { raw: request }: { readonly raw: IncomingMessage }, @Res() reply: { readonly raw: ServerResponse; hijack(): unknown }): void {
    reply.hijack();
    const headers = this.pages.preflightFor(request, 'POST');
    reply.raw.writeHead(headers === undefined ? 403 : 204, headers).end();
  }
}
