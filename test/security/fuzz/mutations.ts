// Bytes made up, and good bytes made bad.
import type { Random } from '../../faults/random.js';

/** Bytes of chance. */
export function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.between(0, 255)));
}

/** A copy with a few bits flipped, bytes put in, left out or repeated, or its end missing. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let times = random.between(1, 5); times > 0 && mutated.length > 0; times--) {
    const at = random.between(0, mutated.length - 1);
    const before = mutated.subarray(0, at);
    const behind = mutated.subarray(at);
    const kind = random.between(0, 4);
    if (kind === 0) mutated[at] ^= 1 << random.between(0, 7);
    else if (kind === 1) mutated = Buffer.concat([before, noise(random, random.between(1, 8)), behind]);
    else if (kind === 2) mutated = Buffer.concat([before, behind.subarray(random.between(1, 8))]);
    else if (kind === 3) mutated = Buffer.concat([before, behind.subarray(0, 16), behind]);
    else mutated = before;
  }
  return mutated;
}
