// What many records come to: how many there are, and a digest that does not depend on their order.
import { createHash } from 'node:crypto';

const DIGEST_BYTES = 32;

/** Names in order, so that who made the record makes no difference. */
function canonical(record: object): string {
  return JSON.stringify(Object.entries(record).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Records of one kind, which are different from each other. */
export class RecordDigest {
  count = 0;
  private readonly sum = Buffer.alloc(DIGEST_BYTES);

  /** `place` tells records of different logs apart. */
  add(record: object, place = ''): void {
    this.count++;
    const digest = createHash('sha256').update(place).update('\0').update(canonical(record)).digest();
    for (let i = 0; i < DIGEST_BYTES; i++) this.sum[i] ^= digest[i];
  }

  /** Records that are not known any better. */
  addUnknown(count: number): void {
    this.count += count;
  }

  /** SHA-256 of each, added up without carry (hex). */
  get text(): string {
    return this.sum.toString('hex');
  }
}
