// What the routes of the API share. Teaches the application's Fastify to read newline-delimited JSON.
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { NDJSON_CONTENT_TYPE, NdjsonBody } from './ndjson.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';

@Module({ providers: [ProblemFilter, RequestValidationPipe], exports: [ProblemFilter, RequestValidationPipe] })
export class HttpModule implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    if (this.adapterHost.httpAdapter?.getType() !== 'fastify') return;
    const fastify = this.adapterHost.httpAdapter.getInstance();
    if (fastify.hasContentTypeParser(NDJSON_CONTENT_TYPE)) return;
    fastify.addContentTypeParser(NDJSON_CONTENT_TYPE, { parseAs: 'string' }, (_request, body, done) => {
      done(null, new NdjsonBody(body.toString()));
    });
  }
}
