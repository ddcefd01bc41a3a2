// One item of POST /publish.
import { IsOptional, IsString, Matches, MinLength } from 'class-validator';
import { PlainFields } from '../../http/index.js';
import { IDENTIFIER_PATTERN, JsonObject } from '../../protocol/index.js';

/**
 * A message: `room_id` and `content`, with `client_id` for its author. Or a custom notification: `type` and `data`,
 * to `room_id` or to `client_id`.
 */
@PlainFields()
export class BulkItem {
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'room_id must be a room id' })
  room_id?: string;

  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'client_id must be a client id' })
  client_id?: string;

  /** `message` when absent. */
  @IsOptional()
  @IsString()
  type?: string;

  @IsOptional()
  @IsString()
  @MinLength(1)
  content?: string;

  @IsOptional()
  @JsonObject()
  metadata?: Record<string, unknown>;

  @IsOptional()
  @JsonObject()
  data?: Record<string, unknown>;

  /** Makes a repetition harmless; the id of a message. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  id?: string;
}
