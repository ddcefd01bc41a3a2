// A chunk is read back by a real WebSocket receiver.
import { describe, expect, it } from 'vitest';
import { receiveFrames } from '../../test/support/received-frames.js';
import type { Audience } from './audience.js';
import { encodeChunk } from './encoded-chunk.js';
import type { LogEntry } from './log-entry.js';

const entry = (seq: number, content = `"${seq}"`): LogEntry => ({ seq, incarnation: 0, type: 'message', data: content, at: 0 });
const seqs = (frames: Buffer): number[] => receiveFrames(frames).texts.map((text) => (JSON.parse(text) as { seq: number }).seq);

/** Numbers 3, 6 and 8 are silent. */
const chunk = encodeChunk('r', [4, 5, 7].map((seq) => entry(seq)), 3, 8);

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
    expect(seqs(chunk.slice(1, 3))).toEqual([5, 7]);
    expect(seqs(chunk.slice(0, 1))).toEqual([4]);
    expect(chunk.slice(1, 2).buffer).toBe(chunk.frames.buffer);
    expect(chunk.slice(0, 3)).toBe(chunk.frames);
  });

  it('selects what an audience receives, and copies only where something stands between', () => {
    const only = (...wanted: number[]): Audience => ({
      key: String(wanted),
      receives: (_type, _log, notification) => wanted.includes((notification() as { seq: number }).seq),
    });
    const selected = (audience: Audience, from: number, to: number) => {
      const { frames, count } = chunk.select(audience, 'r', from, to);
      return { seqs: seqs(frames), count, shared: frames.buffer === chunk.frames.buffer };
    };
    expect(selected(only(4, 7), 0, 3)).toEqual({ seqs: [4, 7], count: 2, shared: false });
    expect(selected(only(4, 5, 7), 0, 3)).toEqual({ seqs: [4, 5, 7], count: 3, shared: true });
    expect(selected(only(5, 7), 0, 3)).toEqual({ seqs: [5, 7], count: 2, shared: true });
    expect(selected(only(4, 5, 7), 1, 2)).toEqual({ seqs: [5], count: 1, shared: true });
    expect(selected(only(9), 0, 3)).toMatchObject({ seqs: [], count: 0 });
  });

  it.each([1, 200, 70_000])('tells an audience type, log and the whole notification, here of %i bytes', (bytes) => {
    const data = JSON.stringify('ü'.repeat(bytes));
    const entries: LogEntry[] = [entry(1), { ...entry(2, data), type: 'room_update' }, { ...entry(3), type: 'order.paid' }];
    const asked: unknown[] = [];
    const curious: Audience = { key: '', receives: (type, log, notification) => asked.push([type, log, notification()]) > 0 };
    encodeChunk('r', entries, 1, 3).select(curious, 'r', 0, 3);
    expect(asked).toEqual(entries.map(({ type, seq, data }) => [type, 'r', { type, id: `r:${seq}`, seq, data: JSON.parse(data) as unknown }]));
  });

  it('covers silent numbers at its end only once all frames are sent', () => {
    expect([1, 2, 3].map((sent) => chunk.coveredBefore(sent))).toEqual([4, 5, 8]);
  });

  it('limits a run by frames and by bytes, and lets one frame pass whatever its size', () => {
    const size = chunk.slice(0, 1).length;
    expect(chunk.limit(0, 2, 1_000)).toBe(2);
    expect(chunk.limit(0, 10, 2 * size)).toBe(2);
    expect(chunk.limit(0, 10, 2 * size - 1)).toBe(1);
    expect(chunk.limit(1, 10, 1)).toBe(2);
    expect(chunk.limit(2, 0, 0)).toBe(3);
  });

  it('of silent numbers alone has no frame, and still takes memory', () => {
    const silent = encodeChunk('r', [], 5, 6);
    expect([silent.count, silent.frames.length, silent.coveredBefore(0)]).toEqual([0, 0, 6]);
    expect(silent.memoryBytes).toBeGreaterThan(0);
  });
});
