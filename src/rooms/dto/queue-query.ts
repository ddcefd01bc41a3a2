// The query of GET /clients/:client_id/queue.
import { Matches, ValidateIf } from 'class-validator';
import { DEVICE_PATTERN, SHARED_DEVICE } from '../../protocol/index.js';

export class QueueQuery {
  /** A device with a position of its own; absent or empty, as in a WebSocket's URL: the position that all others share. */
  @ValidateIf((query: QueueQuery) => query.device !== SHARED_DEVICE)
  @Matches(DEVICE_PATTERN, { message: 'device must be 1 to 64 characters: letters, digits and _ . : @ -' })
  device: string = SHARED_DEVICE;
}
