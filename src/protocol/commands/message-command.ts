// `message`: send a message to a room. Also the body of POST /rooms/:room_id/messages, but for `room_id`.
import { Allow, IsOptional, IsString, Matches, MinLength } from 'class-validator';
import { IDENTIFIER_PATTERN } from '../identifiers.js';
import { JsonObject } from '../json-object.decorator.js';

/** The content of a message, from a socket or over HTTP. The size of `content` is limited by MAX_PAYLOAD_BYTES. */
export class MessageContent {
  @IsString()
  @MinLength(1)
  content!: string;

  /** Chosen by the sender to make a repeated send harmless; made by the server when absent. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  id?: string;

  /** Any JSON object, delivered as it is. */
  @IsOptional()
  @JsonObject()
  metadata?: Record<string, unknown>;
}

/** `data` of a `message` command. */
export class MessageCommand extends MessageContent {
  @Matches(IDENTIFIER_PATTERN, { message: 'room_id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  room_id!: string;

  /** The trace that the message is a part of; see `traceparentOf`. */
  @Allow()
  traceparent?: unknown;
}
