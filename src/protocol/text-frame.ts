// Server-to-client WebSocket frames as bytes (RFC 6455 §5.2): never masked, never fragmented.

const FIN_TEXT = 0x81;
/** RSV1: the payload is compressed (RFC 7692 §6). */
const FIN_TEXT_DEFLATED = 0xc1;
const FIN_PING = 0x89;

/** Bytes of the header in front of `payloadBytes` of payload. */
export function frameHeaderBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : 10;
}

function writeHeader(target: Buffer, offset: number, firstByte: number, payloadBytes: number): number {
  target[offset] = firstByte;
  if (payloadBytes < 126) {
    target[offset + 1] = payloadBytes;
    return offset + 2;
  }
  if (payloadBytes < 65_536) {
    target[offset + 1] = 126;
    return target.writeUInt16BE(payloadBytes, offset + 2);
  }
  target[offset + 1] = 127;
  target.writeUInt32BE(0, offset + 2);
  return target.writeUInt32BE(payloadBytes, offset + 6);
}

/** Writes one text frame at `offset`, where `frameHeaderBytes(payloadBytes) + payloadBytes` are free; returns the offset behind it. */
export function writeTextFrame(target: Buffer, offset: number, payload: string, payloadBytes: number): number {
  const start = writeHeader(target, offset, FIN_TEXT, payloadBytes);
  target.write(payload, start, 'utf8');
  return start + payloadBytes;
}

/** Writes one text frame with a compressed payload at `offset`; returns the offset behind it. */
export function writeDeflatedFrame(target: Buffer, offset: number, payload: Buffer): number {
  return writeHeader(target, offset, FIN_TEXT_DEFLATED, payload.length) + payload.copy(target, offset + frameHeaderBytes(payload.length));
}

/** One text frame with a compressed payload as a buffer of its own. */
export function encodeDeflatedFrame(payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes(payload.length) + payload.length);
  writeDeflatedFrame(frame, 0, payload);
  return frame;
}

/** One text frame as a buffer of its own. */
export function encodeTextFrame(payload: string): Buffer {
  const payloadBytes = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(frameHeaderBytes(payloadBytes) + payloadBytes);
  writeTextFrame(frame, 0, payload, payloadBytes);
  return frame;
}

/** Where the payload of the text frame begins that begins at `offset`. */
export function textFramePayloadStart(frames: Buffer, offset: number): number {
  const short = frames[offset + 1];
  if (short < 126) return offset + 2;
  return short === 126 ? offset + 4 : offset + 10;
}

/** The payload of the text frame that begins at `offset`. */
export function textFramePayload(frames: Buffer, offset: number): string {
  const short = frames[offset + 1];
  if (short < 126) return frames.toString('utf8', offset + 2, offset + 2 + short);
  if (short === 126) return frames.toString('utf8', offset + 4, offset + 4 + frames.readUInt16BE(offset + 2));
  return frames.toString('utf8', offset + 10, offset + 10 + frames.readUInt32BE(offset + 6));
}

/** Where the text frame ends that begins at `offset`. */
export function textFrameEnd(frames: Buffer, offset: number): number {
  const start = textFramePayloadStart(frames, offset);
  const short = frames[offset + 1];
  if (short < 126) return start + short;
  return start + (short === 126 ? frames.readUInt16BE(offset + 2) : frames.readUInt32BE(offset + 6));
}

/** Bytes of a ping's header: its payload has at most 125 bytes. */
export const PING_HEADER_BYTES = 2;

/** Writes a ping (RFC 6455 §5.5.2) with at most 125 bytes of payload at `offset`. */
export function writePingFrame(target: Buffer, offset: number, payload: Uint8Array): void {
  target.set(payload, writeHeader(target, offset, FIN_PING, payload.length));
}

/** A ping as a buffer of its own. */
export function encodePingFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PING_HEADER_BYTES + payload.length);
  writePingFrame(frame, 0, payload);
  return frame;
}
