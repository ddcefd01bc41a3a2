// The pages of a queue: what several logs have for it, many of them read at once.
import type { DroppedRange, QueuePage, QueueRead } from '../../log/index.js';
import type { LogPage, LogStore } from './log-store.js';
import { countDropped, type Standing } from './standing.js';

/** Logs that are read at once. Each gives at least one entry, whatever its size, and what is too much has been read for nothing. */
const MOST_AT_ONCE = 64;

/** Reads up to `limit` entries and about `maxBytes` of data, log after log in the order of the standings. */
export async function readPages(logs: LogStore, tenant: string, standings: readonly Standing[], limit: number, maxBytes: number): Promise<QueueRead> {
  const read = await readPending(logs, tenant, standings, limit, maxBytes);
  const pages: QueuePage[] = [];
  const dropped: DroppedRange[] = [];
  for (const standing of standings) {
    const { log, after, cut } = standing;
    const count = countDropped(standing);
    if (count > 0) dropped.push({ log, fromSeq: after + 1, toSeq: cut, count });
    const page = read.get(standing);
    if (page !== undefined) pages.push({ log, entries: page.entries, through: page.through });
    else if (cut > after) pages.push({ log, entries: [], through: cut });
  }
  return { pages, dropped };
}

async function readPending(logs: LogStore, tenant: string, standings: readonly Standing[], limit: number, maxBytes: number): Promise<Map<Standing, LogPage>> {
  const pending = standings.filter(({ cut, head }) => cut < head);
  const read = new Map<Standing, LogPage>();
  const left = { entries: limit, bytes: maxBytes };
  for (let next = 0; next < pending.length && left.entries > 0 && left.bytes > 0; ) {
    const limits = limitsOf(pending.slice(next, next + MOST_AT_ONCE), left.entries);
    const bytes = Math.ceil(left.bytes / limits.length);
    const pages = await Promise.all(
      limits.map((most, i) => {
        const { log, cut } = pending[next + i];
        return logs.readPage({ tenant, log }, cut, most, bytes);
      }),
    );
    for (const page of pages) {
      if (left.entries <= 0 || left.bytes <= 0) break;
      read.set(pending[next++], page);
      left.entries -= page.entries.length;
      left.bytes -= page.bytes;
    }
  }
  return read;
}

/** How much to read of each of these logs, as far as there is room for all that those before it may have. */
function limitsOf(standings: readonly Standing[], entries: number): number[] {
  const limits: number[] = [];
  let room = entries;
  for (const { head, cut } of standings) {
    if (room <= 0) break;
    limits.push(room);
    room -= head - cut;
  }
  return limits;
}
