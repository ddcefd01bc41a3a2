// Consecutive entries of one log as WebSocket frames in one buffer, made once and shared by all who receive them.
import {
  frameHeaderBytes,
  notificationText,
  PING_HEADER_BYTES,
  notificationKind,
  type NotificationKind,
  textFramePayload,
  textFramePayloadStart,
  writeDeflatedFrame,
  writePingFrame,
  writeTextFrame,
} from '../protocol/index.js';
import type { Audience } from './audience.js';
import { CHUNK_BYTES, CHUNK_NOTIFICATIONS, NONCE_BYTES, WINDOW_NOTIFICATIONS } from './delivery-options.js';
import type { FrameCompressor } from './frame-compressor.js';
import type { LogEntry } from './log-entry.js';

/** What a chunk takes beside its frames: objects and a buffer of its own, and three numbers and a type a frame; measured on Node 20, rounded up. */
const CHUNK_OVERHEAD_BYTES = 808;
const FRAME_OVERHEAD_BYTES = 32;

const PING_BYTES = PING_HEADER_BYTES + NONCE_BYTES;

/** Whoever counts a chunk's memory as long as it is kept. */
export interface MemoryAccount {
  /** The chunk takes so many bytes more; less, when they are negative. */
  grew(bytes: number): void;
}

/** Frames that several connections get, each with a ping behind them if it is time for it. */
export interface SharedFrames {
  readonly frames: Buffer;
  /** When the live feed brought them, by the hub's clock; undefined for what was read from the store. */
  readonly broughtAt: number | undefined;
  /** The `seq` of a frame. */
  seqAt(index: number): number;
  /** When a frame's notification was published, in milliseconds since the epoch. */
  publishedAt(index: number): number;
  /** The frames and a ping behind them; its payload is taken from `nonce` once, and proves to all who echo it that they have got the frames. */
  pinged(nonce: () => Uint8Array): PingedFrames;
}

/** Frames with a ping behind them. */
export interface PingedFrames {
  readonly frames: Buffer;
  readonly nonce: Uint8Array;
  /** The frames and the ping as one buffer. */
  readonly bytes: Buffer;
}

/** What was selected of another chunk. */
interface Selected {
  readonly of: EncodedChunk;
  readonly indices: readonly number[];
}

/** Some of a chunk's frames. */
class FramesPart implements SharedFrames {
  private withPing: PingedFrames | undefined = undefined;

  constructor(
    private readonly chunk: EncodedChunk,
    readonly from: number,
    readonly to: number,
    readonly frames: Buffer,
    /** Told of the memory that the frames take once more. */
    private readonly copied: (bytes: number) => void,
  ) {}

  get broughtAt(): number | undefined {
    return this.chunk.broughtAt;
  }

  seqAt(index: number): number {
    return this.chunk.seqAt(this.from + index);
  }

  publishedAt(index: number): number {
    return this.chunk.publishedAt(this.from + index);
  }

  /** Copies the frames: other frames stand behind them. */
  pinged(nonce: () => Uint8Array): PingedFrames {
    if (this.withPing === undefined) {
      const { frames } = this;
      const bytes = Buffer.allocUnsafeSlow(frames.length + PING_BYTES);
      frames.copy(bytes);
      this.withPing = withPing(frames, bytes, nonce());
      this.copied(bytes.length);
    }
    return this.withPing;
  }
}

/** Frames of the entries `firstSeq` to `lastSeq`. Numbers without an entry (silent changes), or that were not selected, have no frame. */
export class EncodedChunk implements SharedFrames {
  /** Who is told when it grows; undefined as long as nobody counts it. */
  account: MemoryAccount | undefined = undefined;
  broughtAt: number | undefined = undefined;
  private inCompressed: EncodedChunk | undefined = undefined;
  private ofOneType: boolean | undefined = undefined;
  private withPing: PingedFrames | undefined = undefined;
  private lastPart: FramesPart | undefined = undefined;
  /** What the last part's copy takes, if it is counted. */
  private copyBytes = 0;

  constructor(
    private readonly log: string,
    readonly firstSeq: number,
    readonly lastSeq: number,
    /** From `allocateFrames`. */
    readonly frames: Buffer,
    /** The `seq` of each frame, ascending. */
    private readonly seqs: readonly number[],
    /** Where each frame begins; one more for the end. */
    private readonly offsets: readonly number[],
    /** The type of each frame. */
    private readonly types: readonly string[],
    /** When each was published. */
    private readonly times: readonly number[],
    private readonly selected?: Selected,
  ) {}

  /** Frames in it. */
  get count(): number {
    return this.seqs.length;
  }

  /** Memory it takes, about. */
  get memoryBytes(): number {
    const own = this.frames.length + CHUNK_OVERHEAD_BYTES + FRAME_OVERHEAD_BYTES * this.seqs.length + this.copyBytes;
    return this.inCompressed === undefined || this.inCompressed === this ? own : own + this.inCompressed.memoryBytes;
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

  /** The `seq` of a frame. */
  seqAt(index: number): number {
    return this.seqs[index];
  }

  publishedAt(index: number): number {
    return this.times[index];
  }

  /** The last `seq` that is covered when the frames before `index` have been sent. */
  coveredBefore(index: number): number {
    return index === this.seqs.length ? this.lastSeq : (this.seqs[index - 1]);
  }

  /** Frames `from` (inclusive) to `to` (exclusive). Those who catch up together ask for the same ones: the last part is kept. */
  part(from: number, to: number): SharedFrames {
    if (from === 0 && to === this.seqs.length) return this;
    const last = this.lastPart;
    if (last?.from === from && last.to === to) return last;
    this.countCopy(0);
    this.lastPart = new FramesPart(this, from, to, this.frames.subarray(this.offsets[from], this.offsets[to]), (bytes) => this.countCopy(bytes));
    return this.lastPart;
  }

  /**
   * In one buffer for everybody who is asked with all of this chunk: the payload proves that the frames have arrived just as well when others
   * have got the same.
   */
  pinged(nonce: () => Uint8Array): PingedFrames {
    const { frames } = this;
    this.withPing ??= withPing(frames, Buffer.from(frames.buffer, frames.byteOffset, frames.length + PING_BYTES), nonce());
    return this.withPing;
  }

  /** Adds the frames `from` (inclusive) to `to` (exclusive), so many times, to counts by kind. */
  countKinds(counts: Record<NotificationKind, number>, from: number, to: number, times: number): void {
    const { types } = this;
    this.ofOneType ??= types.every((type) => type === types[0]);
    if (this.ofOneType) {
      if (to > from) counts[notificationKind(types[0])] += (to - from) * times;
      return;
    }
    for (let i = from; i < to; i++) counts[notificationKind(types[i])] += times;
  }

  /** The largest `to` for which `slice(from, to)` holds at most so many frames and bytes, and at least one frame. */
  limit(from: number, maxFrames: number, maxBytes: number): number {
    const end = (this.offsets[from]) + maxBytes;
    let to = Math.min(this.seqs.length, from + Math.max(1, maxFrames));
    while (to > from + 1 && (this.offsets[to]) > end) to--;
    return to;
  }

  /**
   * The same numbers, with the frames for an audience alone: the other numbers are like silent ones. Frames before the index `from`
   * are left out, unless all behind it are for the audience: then this is the chunk itself.
   */
  select(audience: Audience, from = 0): EncodedChunk {
    const { log, seqs, types, offsets, frames } = this;
    const chosen: number[] = [];
    let index = from;
    const notification = (): unknown => JSON.parse(textFramePayload(frames, offsets[index]));
    for (; index < seqs.length; index++) {
      if (audience.receives(types[index], log, notification)) chosen.push(index);
    }
    return chosen.length === seqs.length - from ? this : this.pick(chosen);
  }

  /**
   * The same with every frame compressed that gains by it; the chunk itself when none does. Made when it is asked for first, and kept: however
   * many receive it, whatever is selected for them, a notification is compressed once.
   */
  compressed(compressor: FrameCompressor): EncodedChunk {
    if (this.inCompressed !== undefined) return this.inCompressed;
    const chunk = this.selected === undefined ? this.compress(compressor) : this.selectCompressed(this.selected, compressor);
    this.inCompressed = chunk;
    if (chunk !== this) this.account?.grew(chunk.memoryBytes);
    return chunk;
  }

  /** This chunk and the one behind it as one; undefined when that is too large, or this one was compressed already. */
  joined(next: EncodedChunk): EncodedChunk | undefined {
    const bytes = this.frames.length + next.frames.length;
    if (this.inCompressed !== undefined || this.count + next.count > CHUNK_NOTIFICATIONS || bytes > CHUNK_BYTES) return undefined;
    const frames = allocateFrames(bytes);
    this.frames.copy(frames);
    next.frames.copy(frames, this.frames.length);
    const offsets = [...this.offsets, ...next.offsets.slice(1).map((offset) => this.frames.length + offset)];
    const seqs = [...this.seqs, ...next.seqs];
    return new EncodedChunk(this.log, this.firstSeq, next.lastSeq, frames, seqs, offsets, [...this.types, ...next.types], [...this.times, ...next.times]).brought(next.broughtAt);
  }

  /** Notes when the live feed brought it; of chunks that are joined, the last one. */
  brought(at: number | undefined): this {
    this.broughtAt = at;
    return this;
  }

  private countCopy(bytes: number): void {
    if (this.account === undefined || bytes === this.copyBytes) return;
    this.account.grew(bytes - this.copyBytes);
    this.copyBytes = bytes;
  }

  private selectCompressed({ of, indices }: Selected, compressor: FrameCompressor): EncodedChunk {
    const source = of.compressed(compressor);
    return source === of ? this : source.pick(indices);
  }

  private compress(compressor: FrameCompressor): EncodedChunk {
    const { seqs, frames } = this;
    const offsets = [0];
    const compressed: (Buffer | undefined)[] = [];
    for (let i = 0; i < seqs.length; i++) {
      const end = this.offsets[i + 1];
      const payload = compressor.compress(frames.subarray(textFramePayloadStart(frames, this.offsets[i]), end));
      compressed.push(payload);
      offsets.push(offsets[i] + (payload === undefined ? end - this.offsets[i] : frameHeaderBytes(payload.length) + payload.length));
    }
    if (compressed.every((payload) => payload === undefined)) return this;
    const target = allocateFrames(offsets[seqs.length]);
    compressed.forEach((payload, i) => {
      if (payload === undefined) frames.copy(target, offsets[i], this.offsets[i], this.offsets[i + 1]);
      else writeDeflatedFrame(target, offsets[i], payload);
    });
    return new EncodedChunk(this.log, this.firstSeq, this.lastSeq, target, seqs, offsets, this.types, this.times).brought(this.broughtAt);
  }

  /** Copies frames: as a part of this chunk's buffer, few of them would keep all of it in memory while a slow socket holds them. */
  private pick(chosen: readonly number[]): EncodedChunk {
    const offsets = [0];
    for (const index of chosen) offsets.push(offsets[offsets.length - 1] + this.offsets[index + 1] - this.offsets[index]);
    const frames = allocateFrames(offsets[chosen.length]);
    chosen.forEach((index, i) => this.frames.copy(frames, offsets[i], this.offsets[index], this.offsets[index + 1]));
    const seqs = chosen.map((index) => this.seqs[index]);
    const types = chosen.map((index) => this.types[index]);
    const times = chosen.map((index) => this.times[index]);
    const selected = { of: this, indices: chosen };
    return new EncodedChunk(this.log, this.firstSeq, this.lastSeq, frames, seqs, offsets, types, times, selected).brought(this.broughtAt);
  }
}

/** Writes a ping behind the frames that are in `bytes` already. */
function withPing(frames: Buffer, bytes: Buffer, nonce: Uint8Array): PingedFrames {
  writePingFrame(bytes, frames.length, nonce);
  return { frames, nonce, bytes };
}

/** A buffer for frames, behind which there is room for a ping. */
function allocateFrames(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes + PING_BYTES).subarray(0, bytes);
}

/** Encodes entries of one log, given in ascending order within `firstSeq` to `lastSeq`. */
export function encodeChunk(log: string, entries: readonly LogEntry[], firstSeq: number, lastSeq: number): EncodedChunk {
  const count = entries.length;
  const texts = new Array<string>(count);
  const lengths = new Array<number>(count);
  const seqs = new Array<number>(count);
  const offsets = new Array<number>(count + 1);
  const types = new Array<string>(count);
  const times = new Array<number>(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const entry = entries[i];
    const text = notificationText(entry.type, log, entry.incarnation, entry.seq, entry.data);
    const bytes = Buffer.byteLength(text);
    texts[i] = text;
    lengths[i] = bytes;
    seqs[i] = entry.seq;
    // Each entry has a string of its own: equal ones are kept once.
    types[i] = i > 0 && entry.type === types[i - 1] ? types[i - 1] : entry.type;
    times[i] = entry.at;
    offsets[i] = total;
    total += frameHeaderBytes(bytes) + bytes;
  }
  offsets[count] = total;
  const frames = allocateFrames(total);
  for (let i = 0; i < count; i++) writeTextFrame(frames, offsets[i], texts[i], lengths[i]);
  return new EncodedChunk(log, firstSeq, lastSeq, frames, seqs, offsets, types, times);
}

/** Encodes a page of entries of one log, which covers the numbers up to `through`, in chunks that can be written at once. */
export function encodeChunks(log: string, entries: readonly LogEntry[], through: number): EncodedChunk[] {
  const chunks: EncodedChunk[] = [];
  let begin = 0;
  let bytes = 0;
  for (let i = 0; i < entries.length; i++) {
    bytes += entries[i].data.length;
    const next = i + 1 < entries.length ? entries[i + 1] : undefined;
    // The first is what a connection may be given that has acknowledged nothing yet.
    const limit = chunks.length === 0 ? WINDOW_NOTIFICATIONS : CHUNK_NOTIFICATIONS;
    if (next !== undefined && i + 1 - begin < limit && bytes < CHUNK_BYTES) continue;
    chunks.push(encodeChunk(log, entries.slice(begin, i + 1), entries[begin].seq, next === undefined ? through : next.seq - 1));
    begin = i + 1;
    bytes = 0;
  }
  return chunks;
}
