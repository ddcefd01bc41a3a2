// Appending and reading logs.
import { isPersonalLog, type AppendedEntry, type Clock, type LogAddress, type LogEntry } from '../../log/index.js';
import { ChatError } from '../../protocol/index.js';
import type { AppendRequest, AppendResult } from '../delivery-engine.interface.js';
import type { LiveFeed } from './live-feed.js';
import { APPEND, READ } from './log-scripts.js';
import { placesByLog } from './places-by-log.js';
import type { RedisConnection } from './redis-connection.js';
import type { Retention } from './redis-engine.options.js';
import type { RedisKeys } from './redis-keys.js';
import type { StoreBeginning } from './store-beginning.js';
import { readTypeField, typeField } from './type-field.js';

/** Data of one answer, when nothing else is said. */
export const UNBOUNDED = Number.MAX_SAFE_INTEGER;

type Outcome = ['appended', number, number] | ['repeated', number, number, number, string | null] | ['refused'];
/** `seq`, incarnation, type, data, time. */
export type EntryReply = [number, number, string, string, number];

/** What was read of a log. */
export interface LogPage {
  readonly entries: LogEntry[];
  /** The number behind which the next page begins. */
  readonly through: number;
  /** The size of the entries' data. */
  readonly bytes: number;
}

/** An entry as it was read. */
export function toEntry([seq, incarnation, type, data, at]: EntryReply): LogEntry {
  return { seq, incarnation, ...readTypeField(type), data, at };
}

/** Carries out `append` and `readLog`. */
export class LogStore {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
    private readonly retention: Retention,
    private readonly clock: Clock,
    private readonly feed: LiveFeed,
    private readonly beginning: StoreBeginning,
  ) {}

  /** Entries older than this have fallen out. */
  get cutoff(): number {
    return this.clock.now() - this.retention.ttlMs;
  }

  async append(requests: readonly AppendRequest[]): Promise<(AppendResult | Error)[]> {
    const logs = placesByLog(requests);
    const answers = await Promise.allSettled(logs.map((places) => this.appendToLog(places.map((i) => requests[i]))));
    const failed = answers.filter((answer) => answer.status === 'rejected');
    if (failed.length > 0 && failed.length === logs.length) throw failed[0].reason;
    const results = new Array<AppendResult | Error>(requests.length);
    answers.forEach((answer, k) => {
      logs[k].forEach((place, i) => (results[place] = answer.status === 'fulfilled' ? answer.value[i] : (answer.reason as Error)));
    });
    return results;
  }

  async readLog({ tenant, log }: LogAddress, after: number, limit: number): Promise<LogEntry[]> {
    return (await this.readPage({ tenant, log }, after, limit, UNBOUNDED)).entries;
  }

  /** Entries behind a position, up to `limit` and about `maxBytes` of data, and the position behind them. */
  async readPage({ tenant, log }: LogAddress, after: number, limit: number, maxBytes: number): Promise<LogPage> {
    const [head, more, found] = await this.redis.run<[number, number, EntryReply[]]>(READ, this.keys.log(tenant, log), [after, limit, this.cutoff, maxBytes]);
    const entries = found.map(toEntry);
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0);
    return { entries, through: more > 0 ? (entries.at(-1)?.seq ?? after) : head, bytes };
  }

  private async appendToLog(requests: readonly AppendRequest[]): Promise<(AppendResult | Error)[]> {
    const [{ tenant, log }] = requests;
    const { max, ttlMs, idempotencyTtlMs } = this.retention;
    const keys = this.keys.log(tenant, log);
    const idCutoff = this.clock.now() - idempotencyTtlMs;
    const args: (string | number)[] = [isPersonalLog(log) ? 1 : 0, log.slice(1), this.beginning.servers, max, ttlMs, idempotencyTtlMs, this.cutoff, idCutoff];
    for (const { type, data, at, author, idempotency, traceparent } of requests) {
      if (idempotency !== undefined) keys.push(this.keys.idempotency(tenant, log, idempotency.sender, idempotency.id));
      args.push(typeField(type, traceparent), data, at, author ?? '', idempotency === undefined ? 0 : keys.length);
    }
    const [memberCount, incarnation, outcomes] = await this.redis.runSafely<[number, number, Outcome[]]>(APPEND, keys, args);
    const entries: AppendedEntry[] = [];
    const results = outcomes.map((outcome, i): AppendResult | Error => {
      const { type, data, at, traceparent } = requests[i];
      if (outcome[0] === 'refused') return new ChatError('ROOM_NOT_FOUND');
      const [kind, seq] = outcome;
      if (kind === 'repeated') return toRepeated(outcome);
      entries.push({ tenant, log, seq, entry: { seq, incarnation, type, data, at, ...(traceparent !== undefined && { traceparent }) }, memberCount });
      return { seq, incarnation, at, duplicate: false };
    });
    await this.feed.wrote({ tenant, log }, incarnation, entries);
    return results;
  }
}

function toRepeated([, seq, incarnation, at, data]: Extract<Outcome, ['repeated', ...unknown[]]>): AppendResult {
  return { seq, incarnation, at, duplicate: true, ...(data !== null && { firstData: data }) };
}
