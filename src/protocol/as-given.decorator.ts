// Fields whose value is the sender's own affair.
import { Transform } from 'class-transformer';

/** Leaves a JSON object as it was sent: class-transformer drops keys, at any depth, that its objects have as methods, such as `toString`. */
export function AsGiven(): PropertyDecorator {
  return Transform(({ obj, key }): unknown => (obj as Record<string, unknown>)[key]);
}
