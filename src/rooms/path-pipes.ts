// The ids in the paths of these routes, and what one that cannot exist is answered with.
import { PathIdPipe, SequencePipe } from '../http/index.js';

/** `:room_id` */
export const roomIdPipe = new PathIdPipe('ROOM_NOT_FOUND');

/** `:client_id` of a client that is looked up. */
export const clientIdPipe = new PathIdPipe('CLIENT_NOT_FOUND');

/** `:client_id` of a client that is named for the first time. */
export const memberIdPipe = new PathIdPipe('VALIDATION_ERROR');

/** `:seq` */
export const sequencePipe = new SequencePipe();
