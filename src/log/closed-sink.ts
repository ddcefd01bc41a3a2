// Where the frames of a stream go that is over.
import type { FrameSink } from './frame-sink.interface.js';

/** Takes the place of a connection, so that whatever still holds the stream does not hold the connection's buffers too. */
export const CLOSED_SINK: FrameSink = {
  bufferedBytes: 0,
  write: ignore,
  writeWithPing: ignore,
  writePinged: ignore,
  ping: ignore,
  close: ignore,
};

function ignore(): void {
  // What is written to a closed connection is gone.
}
