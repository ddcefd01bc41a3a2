// Whether this process still takes new connections.
import { Injectable } from '@nestjs/common';

/** Set once, when the process begins to shut down. */
@Injectable()
export class DrainState {
  draining = false;
}
