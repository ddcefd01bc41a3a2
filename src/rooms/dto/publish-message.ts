// The body of POST /rooms/:room_id/messages.
import { IsOptional, Matches } from 'class-validator';
import { PlainFields } from '../../http/index.js';
import { IDENTIFIER_PATTERN, MessageContent } from '../../protocol/index.js';

/** A message to a room. */
@PlainFields()
export class NewMessage extends MessageContent {
  /** The author; absent: who asks. Only a trusted backend may name another. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'client_id must be a client id' })
  client_id?: string;
}
