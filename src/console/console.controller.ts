// GET /console: the web page, and what it loads.
import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import { answerAsset, answerDocument, type BuiltPage, type PageReply } from '../pages/index.js';

/** The injection token of the page. */
export const ConsolePage = Symbol('ConsolePage');

/** What is said of a page that is not there. */
const NOT_BUILT = 'The console has not been built. "npm run build" builds it with the server, "npm run build:console" beside a server that runs.\n';

/** The web console. */
@Controller('console')
export class ConsoleController {
  constructor(@Inject(ConsolePage) private readonly page: BuiltPage) {}

  /**
   * Opens the console.
   *
   * @produces text/html
   * @answers 503 text/plain The page has not been built.
   */
  @Get()
  document(@Res({ passthrough: true }) reply: PageReply): string {
    return answerDocument(reply, this.page.document(), NOT_BUILT);
  }

  /**
   * Reads a file that the page loads.
   *
   * @produces text/javascript, text/css, image/svg+xml
   */
  @Get(':file')
  asset(@Param('file') name: string, @Res({ passthrough: true }) reply: PageReply): string {
    const file = this.page.asset(name);
    if (file === undefined) throw new NotFoundException();
    return answerAsset(reply, file);
  }
}
