// The `traceparent` header: the trace that a request belongs to.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { traceparentOf } from '../protocol/index.js';

/** The request's `traceparent`; undefined without one that can be used. */
export const Traceparent = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  traceparentOf(context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>().headers.traceparent),
);
