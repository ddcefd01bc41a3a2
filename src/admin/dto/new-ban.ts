// The body of PUT /bans/:client_id.
import { IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** Ten years. */
const MAX_BAN_SECONDS = 315_360_000;

/** A ban. */
export class NewBan {
  /** From now. */
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(1)
  @Max(MAX_BAN_SECONDS)
  seconds!: number;

  /** Shown to the client. */
  @IsOptional()
  @IsString()
  @Matches(/^[^\p{C}\p{Zl}\p{Zp}]{0,256}$/u, { message: 'reason must be at most 256 characters, without control characters' })
  reason?: string;
}
