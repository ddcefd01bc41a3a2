// What was compared, as it is told.
import { LOG_KINDS, STORE_KINDS } from '../engine/index.js';
import { RecordDigest } from './record-digest.js';

/** Everything that is moved. */
export const KINDS = ['logs', ...LOG_KINDS, ...STORE_KINDS] as const;

/** One of them. */
export type Kind = (typeof KINDS)[number];

/** How many records one side has of a kind, and their digest. */
export interface Side {
  readonly count: number;
  readonly digest: string;
}

/** One kind on both sides. */
export interface ComparedKind {
  readonly kind: Kind;
  readonly source: Side;
  readonly target: Side;
  readonly same: boolean;
}

/** What came of a migration. */
export interface MigrationReport {
  /** `copied`: everything was written. `present`: it had been written by an earlier run, and was only compared. */
  readonly outcome: 'copied' | 'present';
  readonly target: string;
  readonly kinds: readonly ComparedKind[];
  /** Whether both sides have the same of everything. */
  readonly same: boolean;
}

/** Both sides, while they are being read. */
export class Comparison {
  readonly source: Readonly<Record<Kind, RecordDigest>> = digests();
  readonly target: Readonly<Record<Kind, RecordDigest>> = digests();

  get kinds(): ComparedKind[] {
    return KINDS.map((kind) => {
      const [source, target] = [this.source[kind], this.target[kind]].map(({ count, text }): Side => ({ count, digest: text }));
      return { kind, source, target, same: source.count === target.count && source.digest === target.digest };
    });
  }
}

function digests(): Record<Kind, RecordDigest> {
  return Object.fromEntries(KINDS.map((kind) => [kind, new RecordDigest()])) as Record<Kind, RecordDigest>;
}
