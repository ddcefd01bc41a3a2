// Commands that a cluster has turned away, because it is moving their slot: sent again, in their order, where they belong.
import { toRedirection, type Redirection } from './redis-error.js';

/** How long a command is tried again, and the wait while a slot is between two servers, ms. */
const TRIED_FOR_MS = 3_000;
const BETWEEN_SERVERS_MS = 20;

/** Sends a command to the server that has its slot, or to another one that was named. */
type Send<T> = (asked?: string) => Promise<T>;

/** One line of commands for each slot in which one was turned away. */
export class Redirections {
  private readonly queues = new Map<number, Promise<unknown>>();

  /** @param moved told that a slot has another server for good, by one of its names */
  constructor(private readonly moved: (name: string, address: string) => void) {}

  /** Whether commands of this slot have to wait for others. */
  isHeld(slot: number): boolean {
    return this.queues.size > 0 && this.queues.has(slot);
  }

  /** Sends a command after those of its slot that were turned away before. `first`: how it was turned away itself. */
  add<T>(slot: number, name: string, send: Send<T>, first?: Redirection): Promise<T> {
    const deadline = performance.now() + TRIED_FOR_MS;
    const before = this.queues.get(slot) ?? Promise.resolve();
    const sent = before.then(() => this.follow(name, send, first, deadline));
    const settled = sent.then(
      () => undefined,
      () => undefined,
    );
    this.queues.set(slot, settled);
    void settled.then(() => {
      if (this.queues.get(slot) === settled) this.queues.delete(slot);
    });
    return sent;
  }

  private async follow<T>(name: string, send: Send<T>, first: Redirection | undefined, deadline: number): Promise<T> {
    let redirection = first;
    for (;;) {
      if (redirection?.kind === 'moved') this.moved(name, redirection.address);
      else if (redirection?.kind === 'later') await new Promise((resolve) => setTimeout(resolve, BETWEEN_SERVERS_MS));
      try {
        return await send(redirection?.kind === 'ask' ? redirection.address : undefined);
      } catch (error) {
        redirection = toRedirection(error);
        if (redirection === undefined || performance.now() > deadline) throw error;
      }
    }
  }
}
