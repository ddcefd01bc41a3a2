// Frames are read back by a real WebSocket receiver.
import { describe, expect, it } from 'vitest';
import { receiveFrames } from '../../test/support/received-frames.js';
import { encodePingFrame, encodeTextFrame, frameHeaderBytes, writeTextFrame } from './text-frame.js';

describe('a text frame', () => {
  it.each([
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
    [300_000, 10],
  ])('of %i bytes has a header of %i bytes and arrives as it was', (payloadBytes, headerBytes) => {
    const text = 'x'.repeat(payloadBytes);
    const frame = encodeTextFrame(text);
    expect(frameHeaderBytes(payloadBytes)).toBe(headerBytes);
    expect(frame.length).toBe(headerBytes + payloadBytes);
    expect(receiveFrames(frame).texts).toEqual([text]);
  });

  it('counts bytes and not characters', () => {
    const text = 'ü€😀'.repeat(14); // 126 bytes, 56 UTF-16 units
    expect(Buffer.byteLength(text)).toBe(126);
    expect(receiveFrames(encodeTextFrame(text)).texts).toEqual([text]);
  });

  it('stands behind another one in the same buffer', () => {
    const buffer = Buffer.alloc(2 + 3 + 2 + 4);
    const offset = writeTextFrame(buffer, 0, 'one', 3);
    expect(writeTextFrame(buffer, offset, 'more', 4)).toBe(buffer.length);
    expect(receiveFrames(buffer).texts).toEqual(['one', 'more']);
  });
});

describe('a ping frame', () => {
  it('carries its payload', () => {
    const payload = Uint8Array.of(1, 2, 3, 250, 251, 252, 253, 254);
    expect(receiveFrames(encodePingFrame(payload)).pings).toEqual([Buffer.from(payload)]);
  });

  it('may stand between text frames', () => {
    const bytes = Buffer.concat([encodeTextFrame('a'), encodePingFrame(Buffer.from('12345678')), encodeTextFrame('b')]);
    expect(receiveFrames(bytes)).toEqual({ texts: ['a', 'b'], pings: [Buffer.from('12345678')] });
  });
});
