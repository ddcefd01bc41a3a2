// The second line to Redis: sharded channels, and what is published on them.
import { toChatError } from './redis-connection.js';
import { RedisLine } from './redis-line.js';

/** Takes what is published on a channel. Must not throw. */
type Receive = (message: string) => void;

/** Subscribes to sharded channels (SSUBSCRIBE, Redis 7), again whenever the line has been away. */
export class RedisSubscriber {
  private readonly line: RedisLine;
  private readonly receive = (message: string, channel: string): void => this.wanted.get(channel)?.(message);
  private readonly wanted = new Map<string, Receive>();
  /** Those for which a subscription was asked, and its end was not. */
  private readonly held = new Set<string>();
  private changed = new Set<string>();
  /** Settled when what has changed by now was carried out. */
  private changing: Promise<void> | undefined;

  /** @param resumed told when the line was away and is back, with every subscription: what was published meanwhile is lost */
  constructor(
    url: string,
    private readonly resumed: () => void,
    onError: (error: Error) => void,
  ) {
    this.line = new RedisLine(url, { failed: onError, resumed: (replaced) => void this.resume(replaced) });
  }

  open(): Promise<void> {
    return this.line.open();
  }

  close(): Promise<void> {
    return this.line.close();
  }

  /** Resolves when everything that is published from then on comes. Rejects with `STORE_UNAVAILABLE` while there is no line. */
  subscribe(channel: string, receive: Receive): Promise<void> {
    this.wanted.set(channel, receive);
    return this.change(channel);
  }

  unsubscribe(channel: string): void {
    this.wanted.delete(channel);
    // Without a line there is no subscription that would have to be ended.
    this.change(channel).catch(() => undefined);
  }

  /** A line that is merely back has its subscriptions again; another one has none. */
  private async resume(replaced: boolean): Promise<void> {
    if (replaced) {
      this.held.clear();
      // What fails is asked for again when the line is back.
      await Promise.allSettled([...this.wanted.keys()].map((channel) => this.change(channel)));
    }
    this.resumed();
  }

  /** All that changes in one turn is one command. */
  private change(channel: string): Promise<void> {
    this.changed.add(channel);
    this.changing ??= new Promise((resolve, reject) => {
      setImmediate(() => void this.carryOut().then(resolve, (error: unknown) => reject(toChatError(error))));
    });
    return this.changing;
  }

  private async carryOut(): Promise<void> {
    const changed = [...this.changed];
    this.changed = new Set();
    this.changing = undefined;
    const begun = changed.filter((channel) => this.wanted.has(channel) && !this.held.has(channel));
    const ended = changed.filter((channel) => !this.wanted.has(channel) && this.held.delete(channel));
    for (const channel of begun) this.held.add(channel);
    try {
      await Promise.all([begun.length > 0 && this.line.client.sSubscribe(begun, this.receive), ended.length > 0 && this.line.client.sUnsubscribe(ended, this.receive)]);
    } catch (error) {
      for (const channel of begun) this.held.delete(channel);
      throw error;
    }
  }
}
