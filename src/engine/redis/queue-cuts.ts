// What is not among the newest of a queue that is spread over many logs.
import { capToNewest, type CappedLog, type EntryTime } from '../queue-cap.js';
import { COUNT_SILENT, READ_BACK } from './log-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import { countPending, type Standing } from './standing.js';

/** Entries whose times are read of each log at first, when a queue has to be cut; then more of those that need more. */
const FIRST_BACK = 16;
const GROWTH = 8;

/** Moves the cuts of standings. */
export class QueueCuts {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly max: number,
  ) {}

  /** Finds what is not among the newest of the whole queue. */
  async cap(tenant: string, standings: readonly Standing[]): Promise<void> {
    const pending = standings.filter(({ cut, head }) => cut < head);
    if (pending.reduce((sum, standing) => sum + countPending(standing), 0) <= this.max) return;
    const cuts = await this.findCuts(tenant, pending);
    await Promise.all(
      pending.map(async (standing, i) => {
        const cut = cuts[i];
        if (cut === undefined || cut <= standing.cut) return;
        const before = await this.redis.run<number>(COUNT_SILENT, this.keys.log(tenant, standing.log), [standing.after, cut]);
        standing.silentBehind += standing.silentBefore - before;
        standing.silentBefore = before;
        standing.cut = cut;
      }),
    );
  }

  /** Reads as many of the newest entries' times as it takes; a log of which more is needed is read further, and all is tried again. */
  private async findCuts(tenant: string, pending: readonly Standing[]): Promise<(number | undefined)[]> {
    const read = pending.map((): { times: EntryTime[]; complete: boolean } => ({ times: [], complete: false }));
    let wanting = new Set(pending.keys());
    let limit = Math.min(FIRST_BACK, this.max);
    for (;;) {
      await Promise.all(
        [...wanting].map(async (i) => {
          const { log, cut, head } = pending[i];
          const known = read[i];
          const reply = await this.redis.run<number[]>(READ_BACK, this.keys.log(tenant, log), [cut, known.times.at(-1)?.seq ?? head + 1, limit]);
          for (let k = 0; k < reply.length; k += 2) known.times.push({ seq: reply[k], at: reply[k + 1] });
          known.complete = reply.length < 2 * limit;
        }),
      );
      wanting = new Set();
      const cuts = capToNewest(
        pending.map(({ head }, i): CappedLog => ({ head, readBack: (before, count) => take(read[i], before, count, () => wanting.add(i)) })),
        this.max,
      );
      if (wanting.size === 0) return cuts;
      limit = Math.min(limit * GROWTH, this.max);
    }
  }
}

/** Entries before a number, of those that were read; `onMissing` when there may be more that were not. */
function take({ times, complete }: { times: readonly EntryTime[]; complete: boolean }, before: number, count: number, onMissing: () => void): EntryTime[] {
  const from = times.findIndex(({ seq }) => seq < before);
  const taken = from < 0 ? [] : times.slice(from, from + count);
  if (taken.length < count && !complete) onMissing();
  return taken;
}
