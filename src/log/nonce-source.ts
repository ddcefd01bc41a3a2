// Payloads for pings: unguessable, so that a pong proves that its ping has arrived.
import { randomFillSync } from 'node:crypto';

/** Bytes of a nonce. */
export const NONCE_BYTES = 8;
const POOL_NONCES = 512;

/** Returns a source of 8-byte nonces that asks the system for randomness once in 512. */
export function createNonceSource(): () => Uint8Array {
  let pool = Buffer.alloc(0);
  let offset = 0;
  return () => {
    if (offset === pool.length) {
      pool = randomFillSync(Buffer.allocUnsafeSlow(NONCE_BYTES * POOL_NONCES));
      offset = 0;
    }
    offset += NONCE_BYTES;
    return pool.subarray(offset - NONCE_BYTES, offset);
  };
}
