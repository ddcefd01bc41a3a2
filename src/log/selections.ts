// One chunk on its way through fan-out: what of it is for which audience, decided once for each key.
import type { Audience } from './audience.js';
import type { EncodedChunk } from './encoded-chunk.js';
import type { FrameCompressor } from './frame-compressor.js';

/** Lasts as long as the chunk is being written: afterwards nobody may need the same selection again. */
export class Selections {
  private byKey: Map<string, EncodedChunk> | undefined;

  constructor(private readonly chunk: EncodedChunk) {}

  /** What an audience receives of the chunk; without one, all of it. With a compressor, compressed. */
  of(audience: Audience | undefined, compressor: FrameCompressor | undefined): EncodedChunk {
    const selection = audience === undefined ? this.chunk : this.select(audience);
    return compressor === undefined ? selection : selection.compressed(compressor);
  }

  private select(audience: Audience): EncodedChunk {
    this.byKey ??= new Map();
    let selection = this.byKey.get(audience.key);
    if (selection === undefined) {
      selection = this.chunk.select(audience);
      this.byKey.set(audience.key, selection);
    }
    return selection;
  }
}
