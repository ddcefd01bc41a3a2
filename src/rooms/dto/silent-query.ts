// `?silent=true`, of a change of members.
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

export class SilentQuery {
  /** An entry of the order that nobody is notified of. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (BOOLEANS[value] ?? value) : value))
  @IsBoolean({ message: 'silent must be true or false' })
  silent: boolean = false;
}
