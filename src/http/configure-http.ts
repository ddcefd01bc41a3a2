// What our own application adds, and another one that merely mounts our modules need not.
import { type INestApplication } from '@nestjs/common';
import { ProblemFilter } from './problem.filter.js';

/**
 * Makes problems of the errors that belong to no route too: unknown paths, bodies that cannot be read. Call it before
 * `listen()` or `init()`.
 *
 * @publicApi
 */
export function configureHttp(app: INestApplication): void {
  app.useGlobalFilters(app.get(ProblemFilter, { strict: false }));
}
