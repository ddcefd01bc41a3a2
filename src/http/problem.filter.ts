// Answers every error of a route with a problem.
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ChatError } from '../protocol/index.js';
import { problemHeaders, toProblem } from './problem.js';

/**
 * The filter of all routes of the API; over a whole application, of unknown routes and unreadable bodies too.
 *
 * @publicApi
 */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const problem = toProblem(error);
    if (problem.status >= 500) this.report(error);
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    for (const [name, value] of Object.entries(problemHeaders(problem))) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, problem, problem.status);
  }

  /** Logs what went wrong on our side; what the engine answers when it is full or away needs no stack. */
  report(error: unknown): void {
    if (error instanceof ChatError) this.logger.error(`${error.code}: ${error.message}`);
    else this.logger.error(error instanceof Error ? (error.stack ?? error.message) : 'Something that is no Error was thrown');
  }
}
