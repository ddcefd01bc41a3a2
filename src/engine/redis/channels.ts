// What comes on which channel, and who takes it.
import type { RedisSubscriber } from './redis-subscriber.js';

/** Takes what is published on a channel. Must not throw. */
type Receive = (message: string) => void;

/** The channels that this process has subscribed to. */
export class Channels {
  private readonly receivers = new Map<string, Receive>();

  constructor(private readonly subscriber: Pick<RedisSubscriber, 'subscribe' | 'unsubscribe'>) {}

  /** Resolves when everything that is published from then on comes. Rejects with `STORE_UNAVAILABLE` while there is no line. */
  subscribe(channel: string, receive: Receive): Promise<void> {
    this.receivers.set(channel, receive);
    return this.subscriber.subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.receivers.delete(channel);
    this.subscriber.unsubscribe(channel);
  }

  /** Something was published. */
  published(channel: string, message: string): void {
    this.receivers.get(channel)?.(message);
  }
}
