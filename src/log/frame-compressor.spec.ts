// What is compressed, what is not, and what is counted.
import { randomBytes } from 'node:crypto';
import { constants, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createDeliveryCounters } from './delivery-counters.js';
import { FrameCompressor, MAX_COMPRESSED_BYTES } from './frame-compressor.js';

const setup = (threshold: number): { compressor: FrameCompressor; counters: ReturnType<typeof createDeliveryCounters> } => {
  const counters = createDeliveryCounters();
  return { compressor: new FrameCompressor(threshold, counters), counters };
};

describe('a frame compressor', () => {
  it('compresses what is as large as the threshold, without the end of its last block', () => {
    const { compressor } = setup(100);
    const text = Buffer.alloc(100, 'ab');
    const compressed = compressor.compress(text) ?? Buffer.alloc(0);
    expect(compressor.compress(text.subarray(1))).toBeUndefined();
    expect(compressed.length).toBeLessThan(text.length);
    expect(inflateRawSync(Buffer.concat([compressed, Buffer.of(0, 0, 0xff, 0xff)]), { finishFlush: constants.Z_SYNC_FLUSH })).toEqual(text);
  });

  it('leaves what would not become smaller, and what would take too long', () => {
    const { compressor, counters } = setup(1);
    expect(compressor.compress(randomBytes(5_000))).toBeUndefined();
    expect(compressor.compress(Buffer.alloc(MAX_COMPRESSED_BYTES + 1))).toBeUndefined();
    expect(counters).toEqual(createDeliveryCounters());
  });

  it('counts what it has compressed, and the bytes before and after', () => {
    const { compressor, counters } = setup(1);
    const sizes = [1_000, 2_000].map((bytes) => compressor.compress(Buffer.alloc(bytes))?.length ?? 0);
    expect(counters).toMatchObject({ compressedNotifications: 2, bytesBeforeCompression: 3_000, bytesAfterCompression: sizes[0] + sizes[1] });
  });
});
