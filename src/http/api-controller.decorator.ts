// A controller of the API: under /api/v1, behind a token, closed to banned clients, with validated input and problems for errors.
import { applyDecorators, Controller, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { BearerGuard } from '../auth/index.js';
import { BanGuard } from '../limits/index.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestValidationPipe } from './request-validation.pipe.js';

/** Where the API lives. */
export const API_PREFIX = 'api/v1';

/** Everything that every controller of the API needs; its module imports `HttpModule`, `AuthModule` and `LimitsModule`. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(path === '' ? API_PREFIX : `${API_PREFIX}/${path}`),
    UseGuards(BearerGuard, BanGuard),
    UseFilters(ProblemFilter),
    UsePipes(RequestValidationPipe),
  );
}
