// Answers every error of a route with a problem.
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ChatEvents } from '../events/index.js';
import { ChatError } from '../protocol/index.js';
import { type Problem, problemHeaders, toProblem } from './problem.js';

/**
 * The filter of all routes of the API; over a whole application, of unknown routes and unreadable bodies too.
 *
 * @publicApi
 */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ChatEvents) private readonly events: ChatEvents,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const problem = this.problemOf(error);
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    for (const [name, value] of Object.entries(problemHeaders(problem))) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, problem, problem.status);
  }

  /** The problem that a request is answered with: told to whoever counts them, and logged when something went wrong on our side. */
  problemOf(error: unknown): Problem {
    const problem = toProblem(error);
    const { status, code } = problem;
    if (status >= 500) this.report(error);
    this.events.emit('requestFailed', { status, code });
    return problem;
  }

  /** What the engine answers when it is full or away needs no stack. */
  private report(error: unknown): void {
    if (error instanceof ChatError) this.logger.error(`${error.code}: ${error.message}`);
    else this.logger.error(error instanceof Error ? (error.stack ?? error.message) : 'Something that is no Error was thrown');
  }
}
