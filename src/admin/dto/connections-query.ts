// The query of GET /connections.
import { IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../../http/index.js';
import { IDENTIFIER_PATTERN } from '../../protocol/index.js';

export class ConnectionsQuery extends PageQuery {
  /** Only those of this client. */
  @IsOptional()
  @Matches(IDENTIFIER_PATTERN, { message: 'client_id must be 1 to 128 characters: letters, digits and _ . : @ -' })
  client_id?: string;
}
