// The `Idempotency-Key` header: makes a repeated request harmless.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { fieldError } from './validated.js';

/**
 * The request's idempotency key, 1 to 255 printable ASCII characters; undefined without the header.
 *
 * @throws ChatError `VALIDATION_ERROR` for one that cannot be used.
 */
export function idempotencyKeyOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw fieldError({ 'Idempotency-Key': ['Idempotency-Key must be 1 to 255 printable ASCII characters'] });
}

/** What {@link idempotencyKeyOf} finds in a request. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  idempotencyKeyOf(context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>().headers),
);
