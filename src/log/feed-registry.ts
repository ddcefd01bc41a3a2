// The logs that somebody is connected to, and the streams of each client.
import type { DeliveryStream } from './delivery-stream.js';
import { logKey } from './log-entry.js';
import { LogFeed } from './log-feed.js';
import { LogTail } from './log-tail.js';
import { Subscription } from './subscription.js';
import type { TailCache } from './tail-cache.js';

const NO_STREAMS: readonly DeliveryStream[] = [];

/** Connects streams with feeds; a feed lives as long as it has a subscriber. */
export class FeedRegistry {
  private readonly feeds = new Map<string, LogFeed>();
  private readonly streams = new Map<string, DeliveryStream[]>();

  constructor(
    private readonly cache: TailCache,
    private readonly queueMax: number,
  ) {}

  /** The feed of a log, if somebody is connected to it. */
  feed(key: string): LogFeed | undefined {
    return this.feeds.get(key);
  }

  /** The feed of a log; when it is new, it begins at `head`. */
  ensureFeed(tenant: string, log: string, head: number, memberCount: number): LogFeed {
    const key = logKey(tenant, log);
    let feed = this.feeds.get(key);
    if (feed === undefined) {
      feed = new LogFeed(key, tenant, log, head, memberCount, new LogTail(this.cache, this.queueMax));
      this.feeds.set(key, feed);
    }
    return feed;
  }

  /** The open streams of a client. */
  streamsOf(tenant: string, clientId: string): readonly DeliveryStream[] {
    return this.streams.get(logKey(tenant, clientId)) ?? NO_STREAMS;
  }

  addStream(stream: DeliveryStream): void {
    const key = logKey(stream.owner.tenant, stream.owner.clientId);
    const streams = this.streams.get(key);
    if (streams === undefined) this.streams.set(key, [stream]);
    else streams.push(stream);
  }

  /** Removes a stream with all its subscriptions. */
  removeStream(stream: DeliveryStream): void {
    const key = logKey(stream.owner.tenant, stream.owner.clientId);
    const rest = this.streamsOf(stream.owner.tenant, stream.owner.clientId).filter((other) => other !== stream);
    if (rest.length === 0) this.streams.delete(key);
    else this.streams.set(key, rest);
    for (const subscription of stream.subscriptions.values()) this.detach(subscription);
    stream.subscriptions.clear();
  }

  /** Subscribes a stream behind `position`; a subscription it has in that log is replaced. */
  subscribe(stream: DeliveryStream, feed: LogFeed, position: number): Subscription {
    this.unsubscribe(stream, feed.log);
    const subscription = new Subscription(stream, feed, position);
    stream.subscriptions.set(feed.log, subscription);
    this.feeds.set(feed.key, feed);
    feed.add(subscription);
    return subscription;
  }

  /** Ends a stream's subscription; what was behind it is not delivered on this connection. */
  unsubscribe(stream: DeliveryStream, log: string): Subscription | undefined {
    const subscription = stream.subscriptions.get(log);
    if (subscription === undefined) return undefined;
    stream.subscriptions.delete(log);
    this.detach(subscription);
    return subscription;
  }

  /** The room is deleted at `seq`: a later room of that name has another feed. */
  retire(feed: LogFeed, seq: number): void {
    feed.endSeq = seq;
    if (this.feeds.get(feed.key) === feed) this.feeds.delete(feed.key);
  }

  /** The room is deleted at `seq`: its subscribers get what is left of it, and nothing of a later room of that name. */
  end(subscription: Subscription, seq: number): void {
    subscription.endAt(seq);
    this.detach(subscription);
  }

  /** Takes a subscription off its feed; the feed goes with its last one. */
  detach(subscription: Subscription): void {
    const { feed } = subscription;
    if (feed === undefined || subscription.slot < 0) return;
    feed.remove(subscription);
    this.releaseIfUnused(feed);
  }

  /** Lets go of a feed that nobody is connected to. */
  releaseIfUnused(feed: LogFeed): void {
    if (feed.subscribers.length > 0) return;
    if (this.feeds.get(feed.key) === feed) this.feeds.delete(feed.key);
    feed.tail.clear();
  }
}
