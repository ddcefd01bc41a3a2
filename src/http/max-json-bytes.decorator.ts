// A class-validator rule: how large a value is as JSON.
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** The value, written as JSON in UTF-8, takes at most `max` bytes. */
export function MaxJsonBytes(max: number, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'maxJsonBytes',
      validator: {
        validate: (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '') <= max,
        defaultMessage: () => `$property must take at most ${max} bytes as JSON`,
      },
    },
    options,
  );
}
