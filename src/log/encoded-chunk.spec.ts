// A chunk is read back by a real WebSocket receiver.
import { describe, expect, it } from 'vitest';
import { receiveFrames } from '../../test/support/received-frames.js';
import { encodePingFrame } from '../protocol/index.js';
import type { Audience } from './audience.js';
import { createDeliveryCounters } from './delivery-counters.js';
import { encodeChunk } from './encoded-chunk.js';
import { FrameCompressor } from './frame-compressor.js';
import type { LogEntry } from './log-entry.js';

const entry = (seq: number, content = `"${seq}"`): LogEntry => ({ seq, incarnation: 0, type: 'message', data: content, at: 0 });
const seqs = (frames: Buffer): number[] => receiveFrames(frames).texts.map((text) => (JSON.parse(text) as { seq: number }).seq);

/** Numbers 3, 6 and 8 are silent. */
const chunk = encodeChunk('r', [4, 5, 7].map((seq) => entry(seq)), 3, 8);

const NONCE = Buffer.from('8 bytes!');
const PING = encodePingFrame(NONCE);

describe('an encoded chunk', () => {
  it('holds one text frame an entry, in order', () => {
    expect(receiveFrames(chunk.frames).texts.map((text) => JSON.parse(text) as unknown)).toEqual(
      [4, 5, 7].map((seq) => ({ type: 'message', id: `r:${seq}`, seq, data: String(seq) })),
    );
    expect(chunk.count).toBe(3);
  });

  it.each([125, 126, 65_535, 65_536])('keeps frames apart around a frame of %i bytes', (bytes) => {
    const overhead = encodeChunk('r', [entry(2, '""')], 2, 2).frames.length - 2;
    const large = entry(2, `"${'x'.repeat(bytes - overhead)}"`);
    const { frames } = encodeChunk('r', [entry(1), large, entry(3)], 1, 3);
    const texts = receiveFrames(frames).texts;
    expect(seqs(frames)).toEqual([1, 2, 3]);
    expect(Buffer.byteLength(texts[1] ?? '')).toBe(bytes);
  });

  it('keeps frames apart when characters take several bytes', () => {
    const { frames } = encodeChunk('r', [entry(1, '"ü€😀"'), entry(2)], 1, 2);
    expect(seqs(frames)).toEqual([1, 2]);
  });

  it('finds the first frame behind a number, silent numbers included', () => {
    expect([2, 3, 4, 5, 6, 7, 8].map((seq) => chunk.indexAfter(seq))).toEqual([0, 0, 1, 2, 2, 3, 3]);
  });

  it('gives any run of its frames without a copy', () => {
    expect(seqs(chunk.part(1, 3).frames)).toEqual([5, 7]);
    expect(seqs(chunk.part(0, 1).frames)).toEqual([4]);
    expect(chunk.part(1, 2).frames.buffer).toBe(chunk.frames.buffer);
    expect(chunk.part(0, 3).frames).toBe(chunk.frames);
  });

  it('keeps a run that several ask for, with one ping behind it, and tells whoever counts its memory', () => {
    const grown: number[] = [];
    chunk.account = { grew: (bytes) => grown.push(bytes) };
    const before = chunk.memoryBytes;
    const part = chunk.part(0, 2);
    const pinged = part.pinged(() => Buffer.from('12345678'));
    expect(chunk.part(0, 2)).toBe(part);
    expect(chunk.part(0, 2).pinged(() => Buffer.from('abcdefgh'))).toBe(pinged);
    expect(pinged.bytes).toEqual(Buffer.concat([part.frames, Buffer.from([0x89, 8]), Buffer.from('12345678')]));
    expect(chunk.memoryBytes - before).toBe(pinged.bytes.length);
    chunk.part(1, 2);
    expect(chunk.memoryBytes).toBe(before);
    expect(grown).toEqual([pinged.bytes.length, -pinged.bytes.length]);
    chunk.account = undefined;
  });

  it('covers silent numbers at its end only once all frames are sent', () => {
    expect([1, 2, 3].map((sent) => chunk.coveredBefore(sent))).toEqual([4, 5, 8]);
  });

  it('limits a run by frames and by bytes, and lets one frame pass whatever its size', () => {
    const size = chunk.part(0, 1).frames.length;
    expect(chunk.limit(0, 2, 1_000)).toBe(2);
    expect(chunk.limit(0, 10, 2 * size)).toBe(2);
    expect(chunk.limit(0, 10, 2 * size - 1)).toBe(1);
    expect(chunk.limit(1, 10, 1)).toBe(2);
    expect(chunk.limit(2, 0, 0)).toBe(3);
  });

  describe('selected for an audience', () => {
    const types = ['message', 'news', 'message', 'message', 'news'];
    /** Number 8 is silent. */
    const mixed = encodeChunk('r', types.map((type, i) => ({ ...entry(3 + i), type })), 3, 8);
    const audience = (receives: Audience['receives']): Audience => ({ key: 'k', receives });
    const news = audience((type) => type === 'news');

    it('holds the frames for it, byte by byte, and takes all other numbers for silent ones', () => {
      const selection = mixed.select(news);
      expect(seqs(selection.frames)).toEqual([4, 7]);
      expect(selection.frames).toEqual(Buffer.concat([mixed.part(1, 2).frames, mixed.part(4, 5).frames]));
      expect([selection.firstSeq, selection.lastSeq, selection.count]).toEqual([3, 8, 2]);
      expect([3, 4, 6, 7].map((seq) => selection.indexAfter(seq))).toEqual([0, 1, 1, 2]);
      expect([1, 2].map((sent) => selection.coveredBefore(sent))).toEqual([4, 8]);
      expect([0, 1].map((index) => selection.seqAt(index))).toEqual([4, 7]);
      expect(seqs(selection.part(1, 2).frames)).toEqual([7]);
    });

    it('is the chunk itself when all of it is for it, and has no frame when nothing is', () => {
      expect(mixed.select(audience(() => true))).toBe(mixed);
      const nothing = mixed.select(audience(() => false));
      expect([nothing.count, nothing.frames.length, nothing.lastSeq, nothing.coveredBefore(0)]).toEqual([0, 0, 8, 8]);
    });

    it('begins at an index, and asks of nothing before it', () => {
      const asked: string[] = [];
      const selection = mixed.select(audience((type) => asked.push(type) > 0 && type === 'message'), 1);
      expect(asked).toEqual(types.slice(1));
      expect(seqs(selection.frames)).toEqual([5, 6]);
    });

    it('keeps nothing of the chunk in memory but what was selected', () => {
      const { frames } = mixed.select(news);
      expect(frames.buffer.byteLength).toBe(frames.length + PING.length);
    });

    it.each([10, 125, 126, 65_535, 65_536])('shows an audience the log and the whole notification, with %i bytes of content', (bytes) => {
      const content = `"${'€'.repeat(bytes / 3)}"`;
      const seen: unknown[] = [];
      encodeChunk('r', [entry(1), entry(2, content), entry(3)], 1, 3).select(audience((type, log, notification) => seen.push([type, log, notification()]) > 0));
      expect(seen).toEqual(
        ['"1"', content, '"3"'].map((data, i) => ['message', 'r', { type: 'message', id: `r:${i + 1}`, seq: i + 1, data: JSON.parse(data) as unknown }]),
      );
    });
  });

  it('has one ping behind all of it, whoever is asked with it', () => {
    const nonces = [NONCE, Buffer.from('another!')];
    for (const pinged of [chunk.pinged(() => nonces[0]), chunk.pinged(() => nonces[1])]) {
      expect(pinged).toEqual({ frames: chunk.frames, nonce: NONCE, bytes: Buffer.concat([chunk.frames, PING]) });
    }
  });

  describe('compressed', () => {
    const large = `"${'more of the same, '.repeat(100)}"`;
    const counters = createDeliveryCounters();
    const compressor = new FrameCompressor(1_000, counters);
    /** Numbers 3 and 7 are silent. */
    const some = encodeChunk('r', [entry(4), entry(5, large), { ...entry(6, large), type: 'news' }], 3, 7);
    const compressed = some.compressed(compressor);
    const RSV1 = 0x40;

    it('holds the same numbers, with those frames compressed that are large', () => {
      expect([0, 1, 2].map((index) => compressed.part(index, index + 1).frames[0] & RSV1)).toEqual([0, RSV1, RSV1]);
      expect(compressed.part(0, 1).frames).toEqual(some.part(0, 1).frames);
      expect(compressed.frames.length).toBeLessThan(some.frames.length / 5);
      expect([compressed.firstSeq, compressed.lastSeq, compressed.count, compressed.seqAt(2), compressed.coveredBefore(3)]).toEqual([3, 7, 3, 6, 7]);
      expect(compressed.limit(0, 10, some.part(0, 1).frames.length)).toBe(1);
    });

    it('is made once, also for what is selected of it', () => {
      expect(some.compressed(compressor)).toBe(compressed);
      const news: Audience = { key: 'news', receives: (type) => type === 'news' };
      expect(some.select(news).compressed(compressor).frames).toEqual(compressed.part(2, 3).frames);
      expect(counters.compressedNotifications).toBe(2);
    });

    it('is the chunk itself when nothing in it is worth it', () => {
      expect(chunk.compressed(compressor)).toBe(chunk);
      const selection = chunk.select({ key: 'none', receives: () => false });
      expect(selection.compressed(compressor)).toBe(selection);
    });

    it('counts in the memory that the chunk takes', () => {
      expect(some.memoryBytes - encodeChunk('r', [entry(4), entry(5, large), { ...entry(6, large), type: 'news' }], 3, 7).memoryBytes).toBe(compressed.memoryBytes);
    });
  });

  it('of silent numbers alone has no frame, and still takes memory', () => {
    const silent = encodeChunk('r', [], 5, 6);
    expect([silent.count, silent.frames.length, silent.coveredBefore(0)]).toEqual([0, 0, 6]);
    expect(silent.memoryBytes).toBeGreaterThan(0);
  });
});
