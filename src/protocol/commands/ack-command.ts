// `ack`: acknowledge a room's notifications up to and including `seq`.
import { IsInt, Matches, Max, Min } from 'class-validator';

/** `data` of an `ack` command. */
export class AckCommand {
  /** A room, or `@<client_id>` for the client's own notifications. */
  @Matches(/^@?[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/, { message: 'room_id must be a room, or @ and your own client id' })
  room_id!: string;

  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  seq!: number;
}
