// The body of POST /tokens/revoke.
import { IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';
import { IDENTIFIER_PATTERN } from '../../protocol/index.js';

/** RFC 3339 with a time zone. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

/** A time as milliseconds since the epoch; undefined for what is none. */
export function toMilliseconds(time: unknown): number | undefined {
  if (typeof time === 'number') return Number.isFinite(time) && time >= 0 && time < 1e11 ? time * 1000 : undefined;
  const parsed = typeof time === 'string' && TIMESTAMP.test(time) ? Date.parse(time) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

const IsTime = ValidateBy({
  name: 'isTime',
  validator: {
    validate: (value: unknown) => toMilliseconds(value) !== undefined,
    defaultMessage: () => '$property must be an RFC 3339 time, or seconds since the epoch',
  },
});

/** `jti`, or `client_id`. */
export class TokenRevocation {
  /** The one token with this id. */
  @IsOptional()
  @IsString()
  @Length(1, 512)
  jti?: string;

  /** All tokens of this client. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'client_id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  client_id?: string;

  /** Only those that were issued up to this time; now when absent. */
  @IsOptional()
  @IsTime
  issued_before?: string | number;
}
