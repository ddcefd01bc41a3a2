// One server at which channels are subscribed to.
import { hashSlot } from './hash-slot.js';
import type { EntryOptions } from './redis-access.js';
import { RedisLine, type LineListener } from './redis-line.js';

/** Takes what is published on a channel. Must not throw. */
export type Receive = (message: string, channel: string) => void;

/** Holds the subscriptions at one server; all that change in one turn are asked for together. */
export class SubscribedServer {
  private readonly line: RedisLine;
  private readonly wanted = new Set<string>();
  /** Those for which a subscription was asked, and its end was not. */
  private readonly held = new Set<string>();
  private changed = new Set<string>();
  /** Settled when what has changed by now was carried out. */
  private changing: Promise<Map<string, unknown>> | undefined;

  constructor(
    readonly address: string,
    entry: (address: string) => EntryOptions,
    private readonly receive: Receive,
    listener: Required<LineListener>,
  ) {
    this.line = new RedisLine(address, entry, {
      failed: (error) => listener.failed(error),
      channelMoved: () => listener.channelMoved(),
      resumed: (replaced) => {
        if (replaced) this.held.clear();
        listener.resumed(replaced);
      },
    });
  }

  /** It has been closed for good. */
  get isOver(): boolean {
    return !this.line.client.isOpen;
  }

  /** @throws Error naming the server when it cannot be reached */
  open(): Promise<void> {
    return this.line.open();
  }

  /** Connects as soon as that is possible. */
  begin(): void {
    this.line.begin();
  }

  close(): Promise<void> {
    return this.line.close();
  }

  /** Closes at once. */
  destroy(): void {
    this.line.destroy();
  }

  /** Resolves when everything that is published from then on comes. Rejects when the server is or gets closed before that. */
  async subscribe(channel: string): Promise<void> {
    this.wanted.add(channel);
    const failures = await this.change(channel);
    if (failures.has(channel)) throw failures.get(channel);
  }

  unsubscribe(channel: string): void {
    this.wanted.delete(channel);
    void this.change(channel);
  }

  private change(channel: string): Promise<Map<string, unknown>> {
    this.changed.add(channel);
    this.changing ??= new Promise((resolve) => {
      setImmediate(() => void this.carryOut().then(resolve));
    });
    return this.changing;
  }

  /** Resolves with what could not be subscribed to, and why. One command takes channels of one slot only. */
  private async carryOut(): Promise<Map<string, unknown>> {
    const changed = [...this.changed];
    this.changed = new Set();
    this.changing = undefined;
    // A client that is closed takes what it is asked to subscribe to, and answers never.
    if (this.isOver) return new Map(changed.map((channel) => [channel, new Error(`The line to Redis at ${this.address} was closed`)]));
    const begun = changed.filter((channel) => this.wanted.has(channel) && !this.held.has(channel));
    const ended = changed.filter((channel) => !this.wanted.has(channel) && this.held.delete(channel));
    for (const channel of begun) this.held.add(channel);
    const failures = new Map<string, unknown>();
    await Promise.all([
      ...bySlot(begun).map((channels) =>
        this.line.client.sSubscribe(channels, this.receive).catch((error: unknown) => {
          for (const channel of channels) {
            this.held.delete(channel);
            failures.set(channel, error);
          }
        }),
      ),
      // Without a line there is no subscription that would have to be ended.
      ...bySlot(ended).map((channels) => this.line.client.sUnsubscribe(channels, this.receive).catch(() => undefined)),
    ]);
    return failures;
  }
}

function bySlot(channels: readonly string[]): string[][] {
  const slots = new Map<number, string[]>();
  for (const channel of channels) {
    const slot = hashSlot(channel);
    const others = slots.get(slot);
    if (others === undefined) slots.set(slot, [channel]);
    else others.push(channel);
  }
  return [...slots.values()];
}
