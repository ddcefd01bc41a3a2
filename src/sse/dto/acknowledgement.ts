// The body of an acknowledgement over HTTP.
import { Matches, ValidateIf } from 'class-validator';
import { AckCommand, DEVICE_PATTERN, SHARED_DEVICE } from '../../protocol/index.js';

/** As the `data` of an `ack` frame, with the device that a connection would have. */
export class Acknowledgement extends AckCommand {
  /** A device with a position of its own; absent or empty: the position that all others share. */
  @ValidateIf(({ device }: Acknowledgement) => device !== SHARED_DEVICE)
  @Matches(DEVICE_PATTERN, { message: 'device must be 1 to 64 characters: letters, digits and _ . : @ -' })
  device: string = SHARED_DEVICE;
}
