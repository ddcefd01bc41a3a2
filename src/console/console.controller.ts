// GET /console: the web page, and what it loads.
import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ConsolePage } from './console-page.js';

/** The page that `GET /console` answers with. */
const ENTRY = 'console.html';

/** The page runs its own scripts only, shows what it gets as text, and cannot be framed. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self' ws: wss:",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** The part of a Fastify or Express reply that is used here. */
interface HeaderReply {
  header(name: string, value: string): unknown;
}

@Controller('console')
export class ConsoleController {
  constructor(private readonly page: ConsolePage) {}

  @Get()
  entry(@Res({ passthrough: true }) reply: HeaderReply): string {
    return this.answer(ENTRY, reply);
  }

  @Get(':file')
  file(@Param('file') name: string, @Res({ passthrough: true }) reply: HeaderReply): string {
    return this.answer(name, reply);
  }

  private answer(name: string, reply: HeaderReply): string {
    const file = this.page.file(name);
    if (file === undefined) throw new NotFoundException();
    for (const [header, value] of Object.entries(HEADERS)) reply.header(header, value);
    reply.header('Content-Type', file.contentType);
    return file.text;
  }
}
