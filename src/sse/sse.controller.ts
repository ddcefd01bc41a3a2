// GET /sse: the event stream, for those who cannot have a WebSocket.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, HttpCode, Options, Req, Res } from '@nestjs/common';
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

/** The event stream, for those who cannot have a WebSocket. */
@Controller('sse')
export class SseController {
  constructor(
    private readonly streams: EventStreams,
    private readonly pages: PageAccess,
  ) {}

  /**
   * Opens an event stream.
   *
   * Every event holds one frame, as they are in `asyncapi.json`: notifications, and errors. The id of an event says where to go on.
   *
   * @bearer
   * @query token The JWT, where no header can be set.
   * @query device A queue position of its own for each device of one client.
   * @query ack `client`: only acknowledgements over HTTP count.
   * @query debug `true`: asks for debug mode.
   * @query last_event_id Where to go on, for those who cannot send the header.
   * @header Last-Event-ID Where to go on: the id of the last event that came.
   * @produces text/event-stream
   * @throws ChatError `VALIDATION_ERROR`, `CONNECTION_ERROR`, `FORBIDDEN`, `CLIENT_BANNED`, `CONNECTION_ERROR` 429, `CONNECTION_ERROR` 503, `SERVER_ERROR`
   */
  @Get()
  async open(@Req() { raw: request }: RawRequest, @Res() reply: RawReply): Promise<void> {
    // The platform lets go of the answer: it is written as long as it lasts.
    reply.hijack();
    // The platform answers HEAD by what GET does; there is nothing to be said about a stream without beginning it.
    if (request.method === 'GET') await this.streams.open(request, reply.raw);
    else reply.raw.writeHead(405, { Allow: 'GET, OPTIONS' }).end();
  }

  /**
   * Answers the preflight of a page from elsewhere.
   *
   * @answers 403 Pages of this origin may not ask.
   */
  @Options()
  @HttpCode(204)
  preflight(@Req() { raw: request }: RawRequest, @Res() reply: RawReply): void {
    reply.hijack();
    const headers = this.pages.preflightFor(request, 'GET');
    reply.raw.writeHead(headers === undefined ? 403 : 204, headers).end();
  }
}
