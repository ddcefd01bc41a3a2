// The outbox of the embedded engine: its calls go to the store's thread with all others.
import type { Outbox } from '../outbox.interface.js';
import type { StoreThread } from './store-thread.js';

type Args<K extends keyof Outbox> = Parameters<Outbox[K]>;
type Answer<K extends keyof Outbox> = ReturnType<Outbox[K]>;

/** Passes calls on. */
export class EmbeddedOutbox implements Outbox {
  constructor(private readonly store: StoreThread) {}

  add(...args: Args<'add'>): Answer<'add'> {
    return this.store.submit('outboxAdd', ...args);
  }

  claim(...args: Args<'claim'>): Answer<'claim'> {
    return this.store.submit('outboxClaim', ...args);
  }

  postpone(...args: Args<'postpone'>): Answer<'postpone'> {
    return this.store.submit('outboxPostpone', ...args);
  }

  remove(...args: Args<'remove'>): Answer<'remove'> {
    return this.store.submit('outboxRemove', ...args);
  }

  inspect(...args: Args<'inspect'>): Answer<'inspect'> {
    return this.store.submit('outboxInspect', ...args);
  }
}
