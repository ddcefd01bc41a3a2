// Which platforms the routes can be on.
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { expect, it } from 'vitest';
import type { BearerGuard } from '../auth/index.js';
import { HttpModule } from './http.module.js';
import type { ProblemFilter } from './problem.filter.js';

const on = (platform?: string): HttpModule =>
  new HttpModule({ ...(platform !== undefined && { httpAdapter: { getType: () => platform } }) } as HttpAdapterHost<FastifyAdapter>, {} as BearerGuard, {} as ProblemFilter);

it('stops the boot on a platform that would read bodies before asking who sent them, and names the cure', () => {
  expect(() => on('express').onModuleInit()).toThrow(/is for applications on Fastify.*createHttpAdapter\(\)/);
});

it('is at rest in an application without HTTP', () => {
  expect(() => on().onModuleInit()).not.toThrow();
});
