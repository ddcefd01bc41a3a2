// A controller of the API: under /api/v1, behind a token, closed to banned clients, with validated input and problems for errors.
import { applyDecorators, Controller, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { BearerGuard } from '../auth/index.js';
import { BanGuard } from '../limits/index.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';

/** Where the API lives. */
export const API_PREFIX = 'api/v1';

/** What Fastify knows of a route of the API, whatever path the application serves it at. */
export interface ApiRouteConfig {
  /** The token is asked for before the body is read. */
  readonly tokenFirst?: boolean;
}

/** Everything that every controller of the API needs; its module imports `HttpModule`, `AuthModule` and `LimitsModule`. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(path === '' ? API_PREFIX : `${API_PREFIX}/${path}`),
    UseGuards(BearerGuard, BanGuard),
    UseFilters(ProblemFilter),
    UsePipes(RequestValidationPipe),
    asksForTokenFirst,
  );
}

/** Adds to the configuration of every route of a controller. */
const asksForTokenFirst: ClassDecorator = ({ prototype }) => {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype as object))) {
    if (typeof descriptor.value !== 'function' || name === 'constructor') continue;
    const handler = descriptor.value as object;
    const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as object | undefined;
    RouteConfig({ ...config, tokenFirst: true })(prototype as object, name, descriptor);
  }
};
