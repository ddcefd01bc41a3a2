// Random bytes by the handful: nonces of pings, so that a pong proves that its ping has arrived, and ids.
import { randomFillSync } from 'node:crypto';

const POOL_DRAWS = 512;

/** Returns a source of `bytes` random bytes at a time that asks the system for randomness once in 512. */
export function createRandomSource(bytes: number): () => Buffer {
  let pool = Buffer.alloc(0);
  let offset = 0;
  return () => {
    if (offset === pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(bytes * POOL_DRAWS));
      offset = 0;
    }
    offset += bytes;
    return pool.subarray(offset - bytes, offset);
  };
}
