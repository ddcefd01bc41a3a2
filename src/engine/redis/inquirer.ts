// Questions that any of several servers can answer.
import { ErrorReply } from 'redis';
import { isPassing } from './redis-error.js';
import type { EntryOptions } from './redis-access.js';
import { createRedisClient, DEAD_AFTER_MS, type RedisClient } from './redis-line.js';
import { within } from './within.js';

/** Reads an answer. @throws Error when it says nothing */
type Read<T> = (reply: unknown, address: string) => T;

/** None of the servers answers. */
export class UnreachableError extends Error {}

/** Keeps a connection to one of the servers, and goes on to the next when that does not answer. */
export class Inquirer {
  private current: { readonly address: string; readonly client: RedisClient } | undefined;

  /** @param entry how to enter a server */
  constructor(private readonly entry: (address: string) => EntryOptions) {}

  /** Asks one after another until one answers. @throws UnreachableError, or another one when all refuse to, that says why none does */
  async ask<T>(addresses: readonly string[], command: readonly string[], read: Read<T>): Promise<T> {
    const known = this.current?.address;
    const order = known !== undefined && addresses.includes(known) ? [known, ...addresses.filter((address) => address !== known)] : addresses;
    const reasons: string[] = [];
    let isRefused = true;
    for (const address of order) {
      try {
        return read(await this.askOne(address, command), address);
      } catch (error) {
        this.leave();
        isRefused &&= error instanceof ErrorReply && !isPassing(error);
        reasons.push(`${address}: ${reasonOf(error)}`);
      }
    }
    if (isRefused) throw new Error(`Redis refuses us: ${reasons.join('; ')}`);
    throw new UnreachableError(`Redis at ${addresses.join(', ')} cannot be reached: ${reasons.join('; ')}`);
  }

  /** Closes the connection. */
  leave(): void {
    const { current } = this;
    this.current = undefined;
    if (current?.client.isOpen === true) current.client.destroy();
  }

  private async askOne(address: string, command: readonly string[]): Promise<unknown> {
    if (this.current?.address !== address || !this.current.client.isReady) await this.enter(address);
    const asked = this.current?.client.sendCommand([...command]) ?? Promise.reject(new Error('closed'));
    if (!(await within(DEAD_AFTER_MS, asked.catch(() => undefined)))) throw new Error(`no answer within ${DEAD_AFTER_MS} ms`);
    return asked;
  }

  private async enter(address: string): Promise<void> {
    this.leave();
    const client = createRedisClient(this.entry(address), false);
    // What goes wrong is told by the promises.
    client.on('error', () => undefined);
    this.current = { address, client };
    const connecting = client.connect();
    if (!(await within(DEAD_AFTER_MS, connecting.catch(() => undefined)))) throw new Error(`no connection within ${DEAD_AFTER_MS} ms`);
    await connecting;
  }
}

function reasonOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  return message || code || 'no reason given';
}
