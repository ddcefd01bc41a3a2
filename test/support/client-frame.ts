// WebSocket frames as a client writes them (RFC 6455 §5.2), valid unless asked otherwise.

/** RFC 6455 §5.2. */
export const Opcode = { Continuation: 0x0, Text: 0x1, Binary: 0x2, Close: 0x8, Ping: 0x9, Pong: 0xa } as const;

/** What may be wrong, or merely unusual, about a frame. */
export interface FrameShape {
  /** The last fragment; true when absent. */
  fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  reserved?: number;
  /** Clients have to mask; true when absent. */
  masked?: boolean;
  /** The length that the header tells, where it is not the payload's. */
  claimedLength?: number;
}

/** The masking key: any will do where nobody has to be protected from a proxy's cache. */
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** Encodes one frame. */
export function clientFrame(opcode: number, payload: Buffer | string = '', shape: FrameShape = {}): Buffer {
  const { fin = true, reserved = 0, masked = true } = shape;
  const data = Buffer.from(payload);
  const length = shape.claimedLength ?? data.length;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  let header: Buffer;
  if (length < 126) {
    header = Buffer.from([first, maskBit | length]);
  } else if (length < 65_536) {
    header = Buffer.from([first, maskBit | 126, 0, 0]);
    header.writeUInt16BE(length, 2);
  } else {
    header = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!masked) return Buffer.concat([header, data]);
  for (let i = 0; i < data.length; i++) data[i] ^= MASK[i % 4];
  return Buffer.concat([header, MASK, data]);
}

/** A close frame with this code. */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return clientFrame(Opcode.Close, payload);
}
