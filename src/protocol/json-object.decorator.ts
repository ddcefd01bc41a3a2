// Fields whose content is the sender's own affair.
import { Transform } from 'class-transformer';
import { IsObject } from 'class-validator';

/**
 * The field is a JSON object, and is left as it was sent: class-transformer drops keys, at any depth, that its objects have as methods, such as
 * `toString`.
 */
export function JsonObject(): PropertyDecorator {
  const isObject = IsObject();
  const asSent = Transform(({ obj, key }): unknown => (obj as Record<string, unknown>)[key]);
  return (target, property) => {
    isObject(target, property);
    asSent(target, property);
  };
}
