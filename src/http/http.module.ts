// What the routes of the API share. Teaches the application's Fastify to ask for the token first, and to read newline-delimited JSON.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { type AuthenticatedRequest, AuthModule, BearerGuard } from '../auth/index.js';
import { API_PREFIX } from './api-controller.decorator.js';
import { NDJSON_CONTENT_TYPE, NdjsonBody } from './ndjson.js';
import { PROBLEM_CONTENT_TYPE, toProblem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { cutUnlessSent } from './unread-body.js';

@Module({ imports: [AuthModule], providers: [ProblemFilter, RequestValidationPipe], exports: [ProblemFilter, RequestValidationPipe] })
export class HttpModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    @Inject(BearerGuard) private readonly guard: BearerGuard,
  ) {}

  onModuleInit(): void {
    if (this.adapterHost.httpAdapter?.getType() !== 'fastify') return;
    const fastify = this.adapterHost.httpAdapter.getInstance();
    if (fastify.hasContentTypeParser(NDJSON_CONTENT_TYPE)) return;
    fastify.addHook('onRequest', (request, reply) => this.askForToken(request, reply));
    fastify.addContentTypeParser(NDJSON_CONTENT_TYPE, { parseAs: 'string' }, (_request, body, done) => {
      done(null, new NdjsonBody(body.toString()));
    });
  }

  /** Guards run behind the parsing of the body: a stranger could have megabytes read before being turned away. */
  private async askForToken(request: HookRequest, reply: HookReply): Promise<unknown> {
    if (request.routeOptions.url?.startsWith(`/${API_PREFIX}/`) !== true) return;
    try {
      await this.guard.authenticate(request);
    } catch (error) {
      const problem = toProblem(error);
      cutUnlessSent(request.raw, reply.raw);
      return reply.header('WWW-Authenticate', 'Bearer').type(PROBLEM_CONTENT_TYPE).code(problem.status).send(JSON.stringify(problem));
    }
  }
}

/** The parts of Fastify's request and reply that are used here. */
type HookRequest = AuthenticatedRequest & { readonly raw: IncomingMessage; readonly routeOptions: { readonly url?: string | undefined } };
interface HookReply {
  readonly raw: ServerResponse;
  header(name: string, value: string): HookReply;
  type(value: string): HookReply;
  code(status: number): HookReply;
  send(body: string): unknown;
}
