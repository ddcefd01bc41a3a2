// What a client reads from the bytes that the server wrote: notifications, overflow reports, statuses.
import { constants, inflateRawSync } from 'node:zlib';
import type { DroppedRange } from '../../../src/log/index.js';

/** A frame as its receiver understands it. */
export type WireFrame =
  | { readonly kind: 'entry'; readonly type: string; readonly log: string; readonly seq: number; readonly payload: Buffer; readonly compressed: boolean }
  | { readonly kind: 'overflow'; readonly ranges: readonly DroppedRange[] }
  | { readonly kind: 'status'; readonly position: number; readonly payload: Buffer };

const ENTRY = /^\{"type":"([a-z_]+)","id":"([^"]+):(\d+)","seq":(\d+),"data":/;
const STATUS = /^\{"type":"client_status","id":"status:(\d+)"/;
/** Longer than the beginning of any notification. */
const BEGINNING_BYTES = 200;

/** Buffers are shared between connections, and so is what they say. */
const readBefore = new WeakMap<Buffer, readonly WireFrame[]>();

/** The text of a status frame of the model. */
export function statusText(position: number): string {
  return `{"type":"client_status","id":"status:${position}","data":{}}`;
}

/** The text of an overflow report of the model. */
export function overflowText(ranges: readonly DroppedRange[]): string {
  return JSON.stringify({ type: 'error', data: { code: 'QUEUE_OVERFLOW', ranges } });
}

/** Reads a buffer of whole text frames. */
export function readFrames(bytes: Buffer): readonly WireFrame[] {
  let frames = readBefore.get(bytes);
  if (frames === undefined) {
    frames = payloads(bytes);
    readBefore.set(bytes, frames);
  }
  return frames;
}

/** RFC 6455 §5.2: unmasked, unfragmented text frames, with RSV1 where the payload is compressed. */
function payloads(bytes: Buffer): WireFrame[] {
  const found: WireFrame[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const compressed = bytes[offset] === 0xc1;
    if (bytes[offset] !== 0x81 && !compressed) throw new Error(`no text frame begins at byte ${offset}`);
    const short = bytes[offset + 1];
    const [header, length] = short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(offset + 2)] : [10, Number(bytes.readBigUInt64BE(offset + 2))];
    if (offset + header + length > bytes.length) throw new Error('a frame was written in part');
    const payload = bytes.subarray(offset + header, offset + header + length);
    found.push(readPayload(compressed ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }) : payload, compressed));
    offset += header + length;
  }
  return found;
}

function readPayload(payload: Buffer, compressed: boolean): WireFrame {
  const beginning = payload.toString('utf8', 0, BEGINNING_BYTES);
  const entry = ENTRY.exec(beginning);
  if (entry !== null) {
    const [, type, log, id, seq] = entry;
    if (id !== seq) throw new Error(`id and seq differ: ${beginning}`);
    return { kind: 'entry', type, log, seq: Number(seq), payload, compressed };
  }
  const status = STATUS.exec(beginning);
  if (status !== null) return { kind: 'status', position: Number(status[1]), payload };
  const { data } = JSON.parse(payload.toString()) as { data: { ranges: DroppedRange[] } };
  return { kind: 'overflow', ranges: data.ranges };
}
