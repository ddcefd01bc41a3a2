// Consecutive entries of one log as WebSocket frames in one buffer, made once and shared by all who receive them.
import { frameHeaderBytes, notificationText, textFramePayload, writeTextFrame } from '../protocol/index.js';
import type { Audience } from './audience.js';
import type { LogEntry } from './log-entry.js';

/** What a chunk takes beside its frames: objects and a buffer of its own, and two numbers and a type a frame; measured on Node 20, rounded up. */
const CHUNK_OVERHEAD_BYTES = 640;
const FRAME_OVERHEAD_BYTES = 24;

/** Frames of a chunk that an audience receives. */
export interface Selection {
  readonly frames: Buffer;
  /** Notifications in them. */
  readonly count: number;
}

const NOTHING: Selection = { frames: Buffer.alloc(0), count: 0 };

/** Frames of the entries `firstSeq` to `lastSeq`. Numbers without an entry (silent changes) have no frame. */
export class EncodedChunk {
  constructor(
    readonly firstSeq: number,
    readonly lastSeq: number,
    readonly frames: Buffer,
    /** The `seq` of each frame, ascending. */
    private readonly seqs: readonly number[],
    /** The type of each. */
    private readonly types: readonly string[],
    /** Where each frame begins; one more for the end. */
    private readonly offsets: readonly number[],
  ) {}

  /** Frames in it. */
  get count(): number {
    return this.seqs.length;
  }

  /** Memory it takes, about. */
  get memoryBytes(): number {
    return this.frames.length + CHUNK_OVERHEAD_BYTES + FRAME_OVERHEAD_BYTES * this.seqs.length;
  }

  /** The index of the first frame behind `seq`; `count` when there is none. */
  indexAfter(seq: number): number {
    let low = 0;
    let high = this.seqs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.seqs[middle]) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The last `seq` that is covered when the frames before `index` have been sent. */
  coveredBefore(index: number): number {
    return index === this.seqs.length ? this.lastSeq : (this.seqs[index - 1]);
  }

  /** Frames `from` (inclusive) to `to` (exclusive), without a copy. */
  slice(from: number, to: number): Buffer {
    if (from === 0 && to === this.seqs.length) return this.frames;
    return this.frames.subarray(this.offsets[from], this.offsets[to]);
  }

  /** Of the frames `from` (inclusive) to `to` (exclusive), those that an audience receives; copied only where others stand between them. */
  select(audience: Audience, log: string, from: number, to: number): Selection {
    const runs: Buffer[] = [];
    let count = 0;
    let start = from;
    for (let i = from; i < to; i++) {
      if (audience.receives(this.types[i], log, () => this.notification(i))) {
        count++;
        continue;
      }
      if (i > start) runs.push(this.slice(start, i));
      start = i + 1;
    }
    if (to > start) runs.push(this.slice(start, to));
    if (count === 0) return NOTHING;
    return { frames: runs.length === 1 ? runs[0] : Buffer.concat(runs), count };
  }

  /** The largest `to` for which `slice(from, to)` holds at most so many frames and bytes, and at least one frame. */
  limit(from: number, maxFrames: number, maxBytes: number): number {
    const end = (this.offsets[from]) + maxBytes;
    let to = Math.min(this.seqs.length, from + Math.max(1, maxFrames));
    while (to > from + 1 && (this.offsets[to]) > end) to--;
    return to;
  }

  private notification(index: number): unknown {
    return JSON.parse(textFramePayload(this.frames, this.offsets[index], this.offsets[index + 1]));
  }
}

/** Encodes entries of one log, given in ascending order within `firstSeq` to `lastSeq`. */
export function encodeChunk(log: string, entries: readonly LogEntry[], firstSeq: number, lastSeq: number): EncodedChunk {
  const count = entries.length;
  const texts = new Array<string>(count);
  const lengths = new Array<number>(count);
  const seqs = new Array<number>(count);
  const types = new Array<string>(count);
  const offsets = new Array<number>(count + 1);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const entry = entries[i];
    const text = notificationText(entry.type, log, entry.incarnation, entry.seq, entry.data);
    const bytes = Buffer.byteLength(text);
    texts[i] = text;
    lengths[i] = bytes;
    seqs[i] = entry.seq;
    // Each entry brings a string of its own: one is kept for a run of them.
    types[i] = i > 0 && types[i - 1] === entry.type ? types[i - 1] : entry.type;
    offsets[i] = total;
    total += frameHeaderBytes(bytes) + bytes;
  }
  offsets[count] = total;
  const frames = Buffer.allocUnsafeSlow(total);
  for (let i = 0; i < count; i++) writeTextFrame(frames, offsets[i], texts[i], lengths[i]);
  return new EncodedChunk(firstSeq, lastSeq, frames, seqs, types, offsets);
}
