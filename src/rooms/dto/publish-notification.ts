// The body of POST /rooms/:room_id/notifications and POST /clients/:client_id/notifications.
import { IsOptional, IsString, Matches } from 'class-validator';
import { PlainFields } from '../../http/index.js';
import { IDENTIFIER_PATTERN, JsonObject } from '../../protocol/index.js';

/** A custom notification. */
@PlainFields()
export class NewNotification {
  /** A type of the backend's own; the publisher checks that it is. */
  @IsString()
  type!: string;

  /** Delivered as it is. */
  @JsonObject()
  data!: Record<string, unknown>;

  /** Makes a repetition harmless. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  id?: string;
}
