// Where a stream's frames go: a socket, seen from the log's side.
import type { PingedFrames } from './encoded-chunk.js';

/** A connection's outgoing side. Nothing here throws; what is written to a closed one is gone. */
export interface FrameSink {
  /** Writes whole frames. The buffer is shared between connections: it must not be changed. */
  write(frames: Buffer): void;
  /** Writes whole frames and a ping behind them, as one write. */
  writeWithPing(frames: Buffer, nonce: Uint8Array): void;
  /** Writes frames and a ping behind them that are one buffer already. */
  writePinged(pinged: PingedFrames): void;
  /** Writes a ping. */
  ping(nonce: Uint8Array): void;
  /** Bytes that were written and have not left the process. */
  readonly bufferedBytes: number;
  /** Begins the closing handshake; `DeliveryStream.stop` comes first. */
  close(code: number, reason: string): void;
}
