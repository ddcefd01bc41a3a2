// The body of POST /rooms/:room_id/members.
import { ArrayMaxSize, IsArray, IsBoolean, IsOptional, Matches } from 'class-validator';
import { IDENTIFIER_PATTERN } from '../../protocol/index.js';
import { MAX_MEMBER_CHANGES } from './room-properties.js';

/** Who joins and who leaves; at most {@link MAX_MEMBER_CHANGES} in all, nobody both. */
export class MemberChanges {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_MEMBER_CHANGES)
  @Matches(IDENTIFIER_PATTERN, { each: true, message: 'each of add must be a client id' })
  add?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_MEMBER_CHANGES)
  @Matches(IDENTIFIER_PATTERN, { each: true, message: 'each of remove must be a client id' })
  remove?: string[];

  /** Entries of the order that nobody is notified of. */
  @IsOptional()
  @IsBoolean()
  silent?: boolean;
}
