// GET /console: the web page, and what it loads.
import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import { ConsolePage, type PageFile } from './console-page.js';

/**
 * The page runs its own scripts only, makes no markup of text (Trusted Types), talks to nobody but this server ('self' is
 * its WebSockets too: CSP Level 3 §6.7.2.8), and cannot be framed.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The document names its files, which have a name of their own in each build. */
const DOCUMENT_CACHING = 'no-cache';
const ASSET_CACHING = 'public, max-age=31536000, immutable';

const NOT_BUILT: PageFile = {
  contentType: 'text/plain; charset=utf-8',
  text: 'The console has not been built. "npm run build" builds it with the server, "npm run build:console" beside a server that runs.\n',
};

/** The part of a Fastify or Express reply that is used here. */
interface PageReply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
}

@Controller('console')
export class ConsoleController {
  constructor(private readonly page: ConsolePage) {}

  @Get()
  document(@Res({ passthrough: true }) reply: PageReply): string {
    const file = this.page.document();
    if (file === undefined) reply.status(503);
    return answer(reply, file ?? NOT_BUILT, DOCUMENT_CACHING);
  }

  @Get(':file')
  asset(@Param('file') name: string, @Res({ passthrough: true }) reply: PageReply): string {
    const file = this.page.asset(name);
    if (file === undefined) throw new NotFoundException();
    return answer(reply, file, ASSET_CACHING);
  }
}

function answer(reply: PageReply, { contentType, text }: PageFile, caching: string): string {
  for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
  reply.header('Cache-Control', caching);
  reply.header('Content-Type', contentType);
  return text;
}
