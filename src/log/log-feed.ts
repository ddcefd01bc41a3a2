// One log that somebody is connected to: its head, its newest entries, and who receives them.
import type { LogTail } from './log-tail.js';
import type { Subscription } from './subscription.js';

/** A log as fan-out sees it. */
export class LogFeed {
  /** In no order: the last takes the place of one that leaves. */
  readonly subscribers: Subscription[] = [];
  /** The room's last number, once it is deleted: whoever is still written to gets what there is up to it. */
  endSeq: number | undefined = undefined;

  constructor(
    readonly key: string,
    readonly tenant: string,
    readonly log: string,
    /** The newest `seq` that the live feed has brought. */
    public head: number,
    /** Members of the room, connected or not. */
    public memberCount: number,
    readonly tail: LogTail,
  ) {}

  /** Adds a subscriber. */
  add(subscription: Subscription): void {
    subscription.slot = this.subscribers.length;
    this.subscribers.push(subscription);
  }

  /** Removes a subscriber. */
  remove(subscription: Subscription): void {
    const last = this.subscribers.pop();
    if (last !== undefined && last !== subscription) {
      this.subscribers[subscription.slot] = last;
      last.slot = subscription.slot;
    }
    subscription.slot = -1;
  }
}
