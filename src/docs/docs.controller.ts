// GET /docs: the page about the API, and the documents that it shows.
import { Controller, Get, Header, Inject, NotFoundException, Param, Req, Res, ServiceUnavailableException, UseFilters } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { ProblemFilter } from '../http/index.js';
import { answerAsset, answerDocument, type BuiltPage, type PageReply } from '../pages/index.js';
import { ApiDocuments } from './api-documents.js';

/** The injection token of the page. */
export const DocsPage = Symbol('DocsPage');

/** What is said of a page that is not there. */
const NOT_BUILT = 'The documentation has not been built. "npm run build" builds it with the server, "npm run build:docs" beside a server that runs.\n';

/** They are those of this version of the server: kept, and asked about again each time. */
const DOCUMENT_CACHING = 'no-cache';

const OPENAPI = 'openapi.json';
const ASYNCAPI = 'asyncapi.json';

/** The part of a Fastify or Express request that is used here. */
interface DocumentRequest {
  readonly originalUrl: string;
}

/** What can be asked of this server, over HTTP and over its WebSocket. */
@Controller('docs')
@UseFilters(ProblemFilter)
export class DocsController {
  constructor(
    @Inject(DocsPage) private readonly page: BuiltPage,
    private readonly documents: ApiDocuments,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens the page that shows both documents.
   *
   * @produces text/html
   * @answers 503 text/plain The page has not been built.
   * @throws ChatError `NOT_FOUND`
   */
  @Get()
  document(@Res({ passthrough: true }) reply: PageReply): string {
    this.checkServed();
    return answerDocument(reply, this.page.document(), NOT_BUILT);
  }

  /**
   * Reads this document.
   *
   * OpenAPI 3.1: every HTTP route and webhook of this server.
   *
   * @produces application/json
   * @throws ChatError `NOT_FOUND`, `STORE_UNAVAILABLE`
   */
  @Get(OPENAPI)
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('Cache-Control', DOCUMENT_CACHING)
  openApi(@Req() { originalUrl }: DocumentRequest): string {
    this.checkServed();
    const [path] = originalUrl.split('?', 1);
    return built(this.documents.openApiText(path.slice(0, -`/docs/${OPENAPI}`.length)));
  }

  /**
   * Reads the AsyncAPI document.
   *
   * AsyncAPI 3.0: the WebSocket at `/ws` with every frame, error code and close code.
   *
   * @produces application/json
   * @throws ChatError `NOT_FOUND`, `STORE_UNAVAILABLE`
   */
  @Get(ASYNCAPI)
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('Cache-Control', DOCUMENT_CACHING)
  asyncApi(): string {
    this.checkServed();
    return built(this.documents.asyncApiText());
  }

  /**
   * Reads a file that the page loads.
   *
   * @produces text/javascript, text/css, image/svg+xml
   * @throws ChatError `NOT_FOUND`
   */
  @Get(':file')
  asset(@Param('file') name: string, @Res({ passthrough: true }) reply: PageReply): string {
    this.checkServed();
    const file = this.page.asset(name);
    if (file === undefined) throw new NotFoundException();
    return answerAsset(reply, file);
  }

  /** @throws NotFoundException with `DOCS=off` */
  private checkServed(): void {
    if (this.settings.docs === 'off') throw new NotFoundException();
  }
}

/** @throws ServiceUnavailableException for what has not been built */
function built(text: string | undefined): string {
  if (text === undefined) throw new ServiceUnavailableException();
  return text;
}
