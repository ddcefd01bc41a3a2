// The query of GET /audit.
import { IsOptional, IsRFC3339, Matches } from 'class-validator';
import { PageQuery } from '../../http/index.js';
import { IDENTIFIER_PATTERN } from '../../protocol/index.js';

/** A room's id, or `@` and a client's id: the name of that client's own log. */
const ROOM_OR_CLIENT_PATTERN = new RegExp(IDENTIFIER_PATTERN.source.replace('^', '^@?'));

export class AuditLogQuery extends PageQuery {
  /** Only records that concern this client, or that it caused. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'client_id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  client_id?: string;

  /** Only records of this room, or of a client's own notifications: `@<client_id>`. */
  @IsOptional()
  @Matches(ROOM_OR_CLIENT_PATTERN, { message: 'room_id must be a room id, or @ and a client id' })
  room_id?: string;

  /** Only records from then on. */
  @IsOptional()
  @IsRFC3339({ message: 'since must be a time such as 2024-01-15T10:30:00Z (RFC 3339)' })
  since?: string;
}
