// Waiting for a condition that an emitter's `change` events may bring about.
import type { EventEmitter } from 'node:events';

/** How a condition is waited for. */
export interface UntilOptions {
  /** Whoever waits and for what, such as `alice waited in vain for a frame`; asked when the time is over. */
  inVain: () => string;
  timeoutMs: number;
}

/** Resolves when the condition holds; it is looked at again at each `change`. Rejects when the time is over. */
export function until(changes: EventEmitter, condition: () => boolean, { inVain, timeoutMs }: UntilOptions): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!condition()) return;
      clearTimeout(timer);
      changes.off('change', look);
      resolve();
    };
    const timer = setTimeout(() => {
      changes.off('change', look);
      reject(new Error(inVain()));
    }, timeoutMs);
    changes.on('change', look);
  });
}
