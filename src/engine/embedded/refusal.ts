// A refused operation, inside the store's thread; the engine turns it into a ChatError.
import type { ErrorCode } from '../../protocol/index.js';

/** Thrown before anything of its operation is written, so that the rest of the batch can go on. */
export class Refusal extends Error {
  constructor(readonly code: ErrorCode) {
    super(code);
    this.name = 'Refusal';
  }
}
