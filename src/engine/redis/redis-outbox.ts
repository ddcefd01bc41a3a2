// What is to be sent to others, in Redis: whichever process asks first sends, and what it leaves behind when it dies goes to another.
import type { ClaimedMessage, Outbox, OutboxAdded, OutboxClaim, OutboxLimits, OutboxMessage, OutboxState } from '../outbox.interface.js';
import { ADD_MESSAGES, CLAIM_MESSAGES, INSPECT_MESSAGES, POSTPONE_MESSAGE, REMOVE_MESSAGES } from './outbox-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';

/** Messages that are added in one script: others wait for it. */
const ADDED_AT_ONCE = 256;

/** Carries out the calls of Outbox, each in one script. */
export class RedisOutbox implements Outbox {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: RedisKeys,
  ) {}

  async add(destination: string, messages: readonly OutboxMessage[], { max, rememberMs, keepMs }: OutboxLimits, now: number): Promise<OutboxAdded> {
    const total = { added: 0, dropped: 0 };
    for (let i = 0; i < messages.length; i += ADDED_AT_ONCE) {
      const args = messages.slice(i, i + ADDED_AT_ONCE).flatMap(({ id, body }) => [id, body]);
      const [added, dropped] = await this.redis.runSafely<[number, number]>(ADD_MESSAGES, this.keys.outbox(destination), [now, max, rememberMs, keepMs, ...args]);
      total.added += added;
      total.dropped += dropped;
    }
    return { ...total, repeated: messages.length - total.added };
  }

  async claim(destination: string, limit: number, now: number, leaseMs: number): Promise<OutboxClaim> {
    const [next, ...parts] = await this.redis.run<[string, ...(string | number)[]]>(CLAIM_MESSAGES, this.keys.outbox(destination), [now, limit, leaseMs]);
    const messages: ClaimedMessage[] = [];
    for (let i = 0; i < parts.length; i += 4) {
      messages.push({ id: String(parts[i]), body: String(parts[i + 1]), addedAt: Number(parts[i + 2]), attempt: Number(parts[i + 3]) });
    }
    return { messages, ...(next !== '' && { nextAt: Number(next) }) };
  }

  async postpone(destination: string, { id, attempt }: Pick<ClaimedMessage, 'id' | 'attempt'>, dueAt: number): Promise<void> {
    await this.redis.run(POSTPONE_MESSAGE, this.keys.outbox(destination), [id, attempt, dueAt]);
  }

  async remove(destination: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.redis.run(REMOVE_MESSAGES, this.keys.outbox(destination), ids);
  }

  async inspect(destination: string): Promise<OutboxState> {
    const [size, oldest] = await this.redis.run<[number, string]>(INSPECT_MESSAGES, this.keys.outbox(destination), []);
    return { size, ...(oldest !== '' && { oldestAt: Number(oldest) }) };
  }
}
