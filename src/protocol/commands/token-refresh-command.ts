// `token_refresh`: replaces the token of the live connection.
import { IsString, MinLength } from 'class-validator';

/** `data` of a `token_refresh` command. */
export class TokenRefreshCommand {
  @IsString()
  @MinLength(1)
  token!: string;
}
