// Messages beyond the limit, held in order until the window has room for them (RATE_LIMIT_OVERFLOW=queue).
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Principal } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { type ClientReference, ChatEvents } from '../events/index.js';
import { RateLimits } from '../limits/index.js';
import { logKey } from '../log/index.js';
import { ChatError } from '../protocol/index.js';

/** A message that waits for its turn. */
interface Held {
  readonly resolve: () => void;
  readonly reject: (error: ChatError) => void;
}

/** What one client has waiting. */
class HeldQueue {
  readonly waiting: Held[] = [];
  timer: NodeJS.Timeout | undefined;

  constructor(readonly principal: Principal) {}
}

/** One queue a client, over all its connections. Held messages outlive their connection, and end with a ban or the process. */
@Injectable()
export class HeldMessages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly queues = new Map<string, HeldQueue>();

  constructor(
    private readonly settings: Settings,
    private readonly limits: RateLimits,
    private readonly events: ChatEvents,
  ) {}

  onApplicationBootstrap(): void {
    this.events.on('banInForce', (client) => this.drop(client));
  }

  onModuleDestroy(): void {
    for (const queue of this.queues.values()) clearTimeout(queue.timer);
    this.queues.clear();
  }

  /** Whether a client has messages that wait. */
  hasAny({ tenant, clientId }: Principal): boolean {
    return this.queues.has(logKey(tenant, clientId));
  }

  /**
   * Resolves when it is the message's turn, which is then counted.
   *
   * @throws ChatError `RATE_LIMIT_EXCEEDED` when RATE_LIMIT_QUEUE_MAX of the client are waiting
   */
  hold(principal: Principal): Promise<void> {
    const { tenant, clientId } = principal;
    const key = logKey(tenant, clientId);
    const queue = this.queues.get(key) ?? new HeldQueue(principal);
    const kind = this.limits.kindOf(principal);
    if (queue.waiting.length >= this.settings.rateLimitQueueMax) {
      this.limits.exceeded(principal, { kind, via: 'websocket', outcome: 'dropped', count: 1 });
      return Promise.reject(this.limits.refusal(this.settings.rateLimitWindowSeconds * 1000));
    }
    this.limits.exceeded(principal, { kind, via: 'websocket', outcome: 'held', count: 1 });
    const turn = new Promise<void>((resolve, reject) => queue.waiting.push({ resolve, reject }));
    if (!this.queues.has(key)) {
      this.queues.set(key, queue);
      void this.serve(key, queue);
    }
    return turn;
  }

  /** Lets one through a turn of the event loop: a message is with the store before the next one begins. */
  private async serve(key: string, queue: HeldQueue): Promise<void> {
    const { granted, waitMs } = await this.limits.take(queue.principal);
    if (this.queues.get(key) !== queue) return;
    if (granted === 0) {
      queue.timer = setTimeout(() => void this.serve(key, queue), waitMs);
      return;
    }
    queue.waiting.shift()?.resolve();
    if (queue.waiting.length === 0) this.queues.delete(key);
    else setImmediate(() => void this.serve(key, queue));
  }

  private drop({ tenant, clientId }: ClientReference): void {
    const key = logKey(tenant, clientId);
    const queue = this.queues.get(key);
    if (queue === undefined) return;
    clearTimeout(queue.timer);
    this.queues.delete(key);
    for (const { reject } of queue.waiting) reject(new ChatError('CLIENT_BANNED'));
  }
}
