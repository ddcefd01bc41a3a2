// `presence`: the client sets its own status.
import { IsIn } from 'class-validator';

/** `data` of a `presence` command. A client goes offline by disconnecting. */
export class PresenceCommand {
  @IsIn(['online', 'away'])
  status!: 'online' | 'away';
}
