// Turns a parsed body or query into an instance of its class, or says by field what is wrong with it.
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { ChatError, isJsonObject } from '../protocol/index.js';
import { assertSafeJson } from './json-limits.js';
import { withoutNulls } from './nullable.decorator.js';
import { acceptQuickly } from './quick-acceptance.js';

/** What is wrong with each field; `members.0` is the first of `members`. */
export type FieldErrors = Record<string, string[]>;

/**
 * An instance of `type` with the value's fields; fields that the class does not know are dropped, and so are those that
 * are null, unless they are `@Nullable()`.
 *
 * @throws ChatError `VALIDATION_ERROR`, with `errors` by field. Names fields of the class only, never what was sent.
 */
export function validated<T extends object>(type: new () => T, value: unknown): T {
  if (!isJsonObject(value)) throw new ChatError('VALIDATION_ERROR', 'A JSON object is expected');
  assertSafeJson(value);
  const accepted = acceptQuickly(type, value);
  if (accepted !== undefined) return accepted;
  const instance = plainToInstance(type, value);
  const failures = validateSync(instance, { whitelist: true, forbidUnknownValues: true, validationError: { target: false, value: false } });
  if (failures.length > 0) throw fieldError(collectErrors(failures));
  return withoutNulls(instance);
}

/** The error for fields that are wrong. */
export function fieldError(errors: FieldErrors): ChatError {
  return new ChatError('VALIDATION_ERROR', undefined, { errors });
}

function collectErrors(failures: readonly ValidationError[], path = '', errors: FieldErrors = {}): FieldErrors {
  for (const { property, constraints, children } of failures) {
    const field = path + property;
    if (constraints !== undefined) errors[field] = Object.values(constraints);
    if (children !== undefined) collectErrors(children, `${field}.`, errors);
  }
  return errors;
}
