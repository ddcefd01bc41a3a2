// How long clients were away: their last departures, as many as may be remembered.

/** Clients that are remembered; of more, the one that left first is forgotten. */
const MAX_REMEMBERED = 4_096;

/** Who comes back later than this comes anew, ms. */
const MAX_GAP_MS = 3_600_000;

/** Departures by client, in the order in which they took place. */
export class Reconnections {
  private readonly leftAt = new Map<string, number>();

  constructor(private readonly maxRemembered = MAX_REMEMBERED) {}

  /** How many are remembered. */
  get size(): number {
    return this.leftAt.size;
  }

  /** A client's last connection has ended, at a time of a monotonic clock. */
  left(key: string, now: number): void {
    this.leftAt.delete(key);
    this.leftAt.set(key, now);
    for (const [oldest, at] of this.leftAt) {
      if (this.leftAt.size <= this.maxRemembered && now - at <= MAX_GAP_MS) break;
      this.leftAt.delete(oldest);
    }
  }

  /** A client has come: milliseconds since it left; undefined when it did not, or too long ago. */
  came(key: string, now: number): number | undefined {
    const at = this.leftAt.get(key);
    if (at === undefined) return undefined;
    this.leftAt.delete(key);
    return now - at <= MAX_GAP_MS ? now - at : undefined;
  }
}
