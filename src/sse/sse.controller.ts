// GET /sse: the event stream, for those who cannot have a WebSocket.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Options, Req, Res } from '@nestjs/common';
import { EventStreams } from './event-streams.service.js';
import { PageAccess } from './page-access.js';

/** The parts of Fastify's request and reply that are used here. */
interface RawRequest {
  readonly raw: IncomingMessage;
}
interface RawReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

@Controller('sse')
export class SseController {
  constructor(
    private readonly streams: EventStreams,
    private readonly pages: PageAccess,
  ) {}

  /** The platform lets go of the answer: it is written as long as it lasts. */
  @Get()
  async open(@Req() { raw: request }: RawRequest, @Res() reply: RawReply): Promise<void> {
    reply.hijack();
    // The platform answers HEAD by what GET does; there is nothing to be said about a stream without beginning it.
    if (request.method === 'GET') await this.streams.open(request, reply.raw);
    else reply.raw.writeHead(405, { Allow: 'GET, OPTIONS' }).end();
  }

  @Options()
  preflight(@Req() { raw: request }: RawRequest, @Res() reply: RawReply): void {
    reply.hijack();
    const headers = this.pages.preflightFor(request, 'GET');
    reply.raw.writeHead(headers === undefined ? 403 : 204, headers).end();
  }
}
