// Questions to the other processes that share the store.
import { randomUUID } from 'node:crypto';
import type { NodeAnswers, NodeBus } from '../node-bus.interface.js';
import type { NodeLease } from './node-lease.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisKeys } from './redis-keys.js';
import type { RedisSubscriber } from './redis-subscriber.js';

/** How long the others have to answer, ms. */
const ANSWER_WITHIN_MS = 2_000;

interface Question {
  readonly id: string;
  readonly from: string;
  readonly topic: string;
  readonly question: unknown;
}

interface Answer {
  readonly id: string;
  readonly answer: unknown;
}

/** What one process is told, without an answer. */
interface Notice {
  readonly topic: string;
  readonly notice: unknown;
}

/** A question that was asked. */
interface Asked {
  readonly answers: unknown[];
  readonly wanted: number;
  readonly done: () => void;
}

/** Asks over sharded channels: one for all, and one of each process for its answers. */
export class RedisNodeBus implements NodeBus {
  private readonly handlers = new Map<string, (question: unknown) => unknown>();
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly subscriber: RedisSubscriber,
    private readonly keys: RedisKeys,
    private readonly lease: NodeLease,
  ) {}

  async start(): Promise<void> {
    await Promise.all([
      this.subscriber.subscribe(this.keys.node(), (message) => void this.reply(JSON.parse(message) as Question).catch(() => undefined)),
      this.subscriber.subscribe(this.keys.node(this.lease.id), (message) => this.take(JSON.parse(message) as Answer | Notice)),
    ]);
  }

  answer(topic: string, handler: (question: unknown) => unknown): void {
    this.handlers.set(topic, handler);
  }

  async ask(topic: string, question: unknown): Promise<NodeAnswers> {
    const { live } = await this.lease.nodes();
    const wanted = live.filter((node) => node !== this.lease.id).length;
    if (wanted === 0) return { answers: [], silent: 0 };
    const id = randomUUID();
    const answers: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ANSWER_WITHIN_MS);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.asked.set(id, { answers, wanted, done });
      this.redis.command('SPUBLISH', this.keys.node(), JSON.stringify({ id, from: this.lease.id, topic, question } satisfies Question)).catch(reject);
    }).finally(() => this.asked.delete(id));
    return { answers, silent: Math.max(0, wanted - answers.length) };
  }

  /** Tells one process something, which its handler of the topic gets. Resolves when it was published, whether or not it arrives. */
  async tell(node: string, topic: string, notice: unknown): Promise<void> {
    await this.redis.command('SPUBLISH', this.keys.node(node), JSON.stringify({ topic, notice } satisfies Notice));
  }

  private async reply({ id, from, topic, question }: Question): Promise<void> {
    const handler = this.handlers.get(topic);
    if (from === this.lease.id || handler === undefined) return;
    const answer = await handler(question);
    await this.redis.command('SPUBLISH', this.keys.node(from), JSON.stringify({ id, answer: answer ?? null } satisfies Answer));
  }

  private take(message: Answer | Notice): void {
    if ('topic' in message) this.handlers.get(message.topic)?.(message.notice);
    else this.collect(message);
  }

  private collect({ id, answer }: Answer): void {
    const asked = this.asked.get(id);
    if (asked === undefined) return;
    asked.answers.push(answer);
    if (asked.answers.length >= asked.wanted) asked.done();
  }
}
