// `token_refresh`: replaces the token of the live connection.
import { IsString, Length } from 'class-validator';

/** `data` of a `token_refresh` command. */
export class TokenRefreshCommand {
  @IsString()
  @Length(1)
  token!: string;
}
