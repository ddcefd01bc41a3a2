// Waiting for a condition that announces itself by no event.
import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 20;

/**
 * Asks again and again until `probe` gives something other than undefined or false, and resolves with that.
 *
 * @throws Error naming `what` when it has not come within `timeoutMs`
 */
export async function eventually<T>(what: string, probe: () => T | Promise<T>, timeoutMs = 15_000, pollMs = POLL_INTERVAL_MS): Promise<Exclude<T, undefined | false>> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > giveUpAt) throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}`);
    await delay(pollMs);
  }
}
