// Answers every error of a route with a problem.
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ChatError } from '../protocol/index.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';

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
    httpAdapter.setHeader(response, 'Content-Type', PROBLEM_CONTENT_TYPE);
    // RFC 9110 §11.6.1: a 401 names the scheme that would do.
    if (problem.status === 401) httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    // RFC 9110 §10.2.3.
    if (typeof problem.retry_after === 'number') httpAdapter.setHeader(response, 'Retry-After', String(problem.retry_after));
    httpAdapter.reply(response, problem, problem.status);
  }

  /** Logs what went wrong on our side; what the engine answers when it is full or away needs no stack. */
  protected report(error: unknown): void {
    if (error instanceof ChatError) this.logger.error(`${error.code}: ${error.message}`);
    else this.logger.error(error instanceof Error ? (error.stack ?? error.message) : 'Something that is no Error was thrown');
  }
}
