// The bodies of POST /rooms and PATCH /rooms/:room_id.
import { ArrayMaxSize, IsArray, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { MaxJsonBytes, Nullable } from '../../http/index.js';
import { IDENTIFIER_PATTERN, JsonObject } from '../../protocol/index.js';

/** The longest name of a room, in characters. */
export const MAX_ROOM_NAME_LENGTH = 256;

/** The largest `metadata` of a room, in bytes of JSON. */
export const MAX_ROOM_METADATA_BYTES = 16 * 1024;

/** The most members that one request may add or remove. */
export const MAX_MEMBER_CHANGES = 1000;

/** What may be changed of a room; null clears it. */
export class RoomProperties {
  @Nullable()
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ROOM_NAME_LENGTH)
  name?: string | null;

  @Nullable()
  @IsOptional()
  @JsonObject()
  @MaxJsonBytes(MAX_ROOM_METADATA_BYTES)
  metadata?: Record<string, unknown> | null;
}

/** A new room. */
export class NewRoom extends RoomProperties {
  /** Made by the server when absent. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  id?: string;

  /** There from the beginning of the room's order. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_MEMBER_CHANGES)
  @Matches(IDENTIFIER_PATTERN, { each: true, message: 'each of members must be a client id' })
  members?: string[];
}
