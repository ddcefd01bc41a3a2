// What the routes of the API share. Teaches the application's Fastify to ask for the token first, and to read newline-delimited JSON.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { type AuthenticatedRequest, AuthModule, BearerGuard } from '../auth/index.js';
import type { ApiRouteConfig } from './api-controller.decorator.js';
import { NDJSON_CONTENT_TYPE, NdjsonBody } from './ndjson.js';
import { PROBLEM_CONTENT_TYPE } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';
import { cutUnlessSent } from './unread-body.js';

@Module({ imports: [AuthModule], providers: [ProblemFilter, RequestValidationPipe], exports: [ProblemFilter, RequestValidationPipe] })
export class HttpModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    @Inject(BearerGuard) private readonly guard: BearerGuard,
    @Inject(ProblemFilter) private readonly problems: ProblemFilter,
  ) {}

  onModuleInit(): void {
    // Absent in an application without HTTP, which may publish.
    const platform = this.adapterHost.httpAdapter?.getType();
    if (platform === undefined) return;
    if (platform !== 'fastify') throw new Error(otherPlatform(platform));
    const fastify = this.adapterHost.httpAdapter.getInstance();
    if (fastify.hasContentTypeParser(NDJSON_CONTENT_TYPE)) return;
    fastify.addHook('onRequest', (request, reply) => this.askForToken(request, reply));
    fastify.addContentTypeParser(NDJSON_CONTENT_TYPE, { parseAs: 'string' }, (_request, body, done) => {
      done(null, new NdjsonBody(body.toString()));
    });
  }

  /** Guards run behind the parsing of the body: a stranger could have megabytes read before being turned away. */
  private async askForToken(request: HookRequest, reply: HookReply): Promise<unknown> {
    if ((request.routeOptions.config as ApiRouteConfig | undefined)?.tokenFirst !== true) return;
    try {
      await this.guard.authenticate(request);
    } catch (error) {
      const problem = this.problems.problemOf(error);
      cutUnlessSent(request.raw, reply.raw);
      return reply.header('WWW-Authenticate', 'Bearer').type(PROBLEM_CONTENT_TYPE).code(problem.status).send(JSON.stringify(problem));
    }
  }
}

function otherPlatform(platform: string): string {
  const cure = 'NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter()), with @nestjs/platform-fastify in place of @nestjs/platform-express';
  return `ChatDeliveryModule is for applications on Fastify, and this one is on ${platform}. Create it by ${cure}.`;
}

/** The parts of Fastify's request and reply that are used here. */
type HookRequest = AuthenticatedRequest & { readonly raw: IncomingMessage; readonly routeOptions: { readonly config?: object } };
interface HookReply {
  readonly raw: ServerResponse;
  header(name: string, value: string): HookReply;
  type(value: string): HookReply;
  code(status: number): HookReply;
  send(body: string): unknown;
}
