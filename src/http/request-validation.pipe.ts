// Validates every body and query whose parameter is declared with a class of its own.
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { validated } from './validated.js';

/** Types that carry no validation rules: what is declared with one of them is passed on as it came. */
const UNRULED: readonly unknown[] = [undefined, String, Number, Boolean, Object, Array];

/** The pipe of all routes of the API. An absent body is read as an empty object. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || metatype === undefined || UNRULED.includes(metatype)) return value;
    return validated(metatype as new () => object, value ?? {});
  }
}
